"""What is hashed in parts is what anybody hashes who reads the event: the chain's text is that of the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from libs.eventlog.chain import Chain
from libs.eventlog.log import Intent, New
from libs.eventlog.tests.acts import AT, intent, says
from libs.wire import Position, broken, genesis

EAST = datetime(2026, 11, 23, 9, tzinfo=timezone(timedelta(hours=8)))
FULL = Intent(
    subject="办件",
    decide=says(),
    actor="C0117",
    key="k",
    correlation="r",
    causation="c",
    traceparent="00-" + "1" * 32 + "-" + "2" * 16 + "-01",
)


@pytest.mark.parametrize("alg", ["sha256", "sm3"])
def test_every_event_of_a_chain_follows_the_one_before(alg: str) -> None:
    chain = Chain(Position("urn:liandong:511525:intake", 3, 0, genesis(alg)), datetime.now(UTC))
    before = None
    for version, (act, time) in enumerate(
        [(FULL, AT), (intent("case-1", says(), key="k"), EAST), (intent("案", says()), EAST), (FULL, AT)], 1
    ):
        event = chain.add(act, New("liandong.example.Said.v1", b'{"a":1}', time, to="511500"), version)
        assert broken(event, before) is None
        assert (event.time, event.time.tzinfo, event.epoch, event.version, event.to) == (time, UTC, 3, version, "511500")
        before = chain.head
    assert chain.sequence == 4
