"""The invariants find what they are there to find, and a night that fails ends: no server."""

from __future__ import annotations

from pathlib import Path

import httpx2
import pytest

from libs.embedded import free_port
from libs.testkit.neighbours import moment
from libs.wire import Recorded, genesis
from services.onebox import SiteOfBox
from tests.chaos.invariants import Acknowledged, caused, chained, once
from tests.chaos.night import Callers

SOURCE = "urn:liandong:511525:intake"
CLOCKS = "urn:liandong:511525:deadline"
AT = moment("2026-11-28")
ONE, TWO = "511525-20261128-000001-0", "511525-20261128-000002-0"


def event(case: str, fact: str, key: str, number: int = 1, source: str = SOURCE) -> Recorded:
    """An event under no sound chain."""
    return Recorded(
        source=source, epoch=1, sequence=number, id=f"id-{source}-{number}", type=f"liandong.intake.{fact}.v1", subject=case, time=AT,
        recordedtime=AT, actor="C0117", prevhash=genesis(), hash=genesis(), correlationid=case, causationid=key, data=b"{}",
    )  # fmt: skip


FILED = Acknowledged("key:file", ONE, "CaseFiled", SOURCE, 1)


def test_an_act_that_is_there_once_is_well() -> None:
    assert once({SOURCE: [event(ONE, "CaseFiled", "key:file")]}, [FILED]) == []


@pytest.mark.parametrize(
    ("feeds", "times"),
    [
        ({}, 0),
        ({SOURCE: [event(TWO, "CaseFiled", "key:file")]}, 1),
        ({SOURCE: [event(ONE, "CaseFiled", "key:file"), event(ONE, "CaseFiled", "key:file", 2)]}, 2),
        ({SOURCE: [event(ONE, "CaseFiled", "key:file"), event(TWO, "CaseFiled", "key:file", 2)]}, 2),
    ],
    ids=["lost", "another case", "twice", "twice under another number"],
)
def test_an_act_that_was_lost_or_done_twice_is_found(feeds: dict[str, list[Recorded]], times: int) -> None:
    assert any(f"is there {times} times" in line for line in once(feeds, [FILED]))


def test_a_feed_that_is_no_chain_and_an_effect_without_its_event_are_found() -> None:
    feeds = {SOURCE: [event(ONE, "CaseAccepted", "key")], CLOCKS: [event(ONE, "ClockStarted", "nobody", source=CLOCKS)]}
    assert len(chained(feeds)) == 2
    assert [line for line in caused(feeds) if "which nobody said" in line] != []
    assert caused({SOURCE: [event(ONE, "CaseAccepted", "key")]}) == [f"{ONE} was accepted and has no clock"]


def test_a_caller_whom_nobody_answers_gives_up_when_the_night_is_over(tmp_path: Path) -> None:
    nowhere = SiteOfBox("511525", [{"code": "511525"}], free_port(), {"clerk": "token"}, tmp_path)
    callers = Callers(nowhere, 1)
    callers.give_up()
    with httpx2.Client(base_url=nowhere.address) as client, pytest.raises(AssertionError, match="key was never answered"):
        callers._act(client, "/intake/nodes/511525/cases", "key", "CaseFiled", {})
