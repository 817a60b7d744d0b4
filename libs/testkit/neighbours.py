"""What another service says, for consumers' tests: facts made of the owner's samples in `contracts/events`, numbered and chained as in its log.

deadline = Neighbour("deadline", ["511525"])
red = await deadline.says("ClockRed", "2007-03-20", case="511525-20070305-000002-8", overdue=1)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

import msgspec

from libs.bus import Reader
from libs.eventlog import Consequence, Intent, MemoryLogs, New
from libs.testkit.contracts import Contract, Shape, contract, misfits, sample
from libs.wire import Recorded, node_of
from libs.workdays import CHINA

__all__ = ["Neighbour", "heard", "moment", "sample"]

_json: Final = msgspec.json.encode


class Neighbour:
    """Another service, at some nodes of a site. What it says keeps its contract; a change of what the schema does not know fails at once."""

    def __init__(self, service: str, nodes: Sequence[str], now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.service, self._nodes, self._logs = service, tuple(nodes), MemoryLogs(service, nodes, now)

    async def says(self, fact: str, at: datetime | str | None = None, case: str = "", *, by_node: str = "", **changes: Any) -> Recorded:
        """The next fact of its feed, as `told` has it. The feed is `by_node`'s, else the case's node's, else the first node's."""
        known, data = told(self.service, fact, at, case, **changes)
        actor, about = data.get("officer") or data.get("by") or f"system:{self.service}", data.get("case", "")
        subject = str(next(iter(data.values())))  # the first field of every event names its stream
        return await self.sends(known.type, _json(data), data["at"], subject=subject, by_node=by_node, actor=actor, case=about)

    async def sends(
        self, kind: str, data: bytes, at: datetime | str, *, subject: str, by_node: str = "", actor: str = "C0117", case: str = ""
    ) -> Recorded:
        """The next record of its feed with any bytes under any type: what keeps no contract, and a consumer must withstand."""
        events = [New(kind, data, moment(at))]
        place = by_node or case.partition("-")[0]
        log = self._logs.of(place if by_node or place in self._nodes else self._nodes[0])
        done = await log.append(Intent(subject=subject, decide=lambda _stream: Consequence(events), actor=actor, correlation=case))
        return (await log.feed(done.position.sequence - 1, 1))[0]

    async def feed(self, source: str, epoch: int = 1, after: int = 0, limit: int = 10_000) -> Sequence[Recorded]:
        """What it said at a node, as its feed API gives it."""
        assert epoch == 1, f"{source} has one epoch"
        return await self._logs.of(node_of(source)).feed(after, limit)


def told(service: str, fact: str, at: datetime | str | None = None, case: str = "", **changes: Any) -> tuple[Contract, dict[str, Any]]:
    """The contract of a fact and a payload that keeps it: the sample, told of `case`, happened `at`, with `changes`.

    `at`: a moment, or a day or time in Yibin (`"2007-03-05"` is 10 o'clock); all times of the sample move with it, those in `changes` do
    not. `case` also stands in what is named after it, such as a clock. A change replaces a field; a dict changes inner fields, and so does
    a dotted name (`**{"pinned.promised_days": 8}`).
    """
    known, data = contract(service, fact), sample(service, fact)
    data = _told_of(data, case) if case else data
    data = data if at is None else _moved(known.shape, data, _Move.between(moment(data["at"]), moment(at)))
    for name, value in changes.items():
        _change(fact, known.shape, data, name, _plain(value))
    assert not (wrong := misfits(known.shape, data)), f"{fact} of {service}: {'; '.join(wrong)}"
    return known, data


def heard(reader: Reader, service: str, fact: str, at: datetime | str | None = None, case: str = "", **changes: Any) -> Any:
    """The fact, as `told` has it, in the consumer's own record: for tests of pure rules, which know no feed."""
    known, data = told(service, fact, at, case, **changes)
    return msgspec.json.decode(_json(data), type=reader.models[known.type])


def moment(at: datetime | str) -> datetime:
    """An aware time in UTC; a text without offset is a day (10 o'clock) or a time in Yibin."""
    read = datetime.fromisoformat(f"{at}T10:00" if len(at) == len("2007-03-05") else at) if isinstance(at, str) else at
    return (read if read.tzinfo else read.replace(tzinfo=CHINA)).astimezone(UTC)


def _told_of(data: dict[str, Any], case: str) -> dict[str, Any]:
    """Of another case, whose number also stands in the names of its clocks and cards, and at whose node it happened."""
    assert "case" in data, f"{data} is not a fact of a case"
    told: dict[str, Any] = json.loads(json.dumps(data).replace(data["case"], json.dumps(case)[1:-1]))
    node = case.partition("-")[0]
    return {**told, "node": node} if "node" in told and node.isdigit() else told


class _Move(NamedTuple):
    """How far a fact is moved: its instants, and its days as China counts them."""

    by: timedelta
    days: timedelta

    @classmethod
    def between(cls, before: datetime, after: datetime) -> _Move:
        return cls(after - before, after.astimezone(CHINA).date() - before.astimezone(CHINA).date())


def _moved(wanted: Shape, value: Any, move: _Move) -> Any:
    """Every instant and every day of a payload, moved."""
    said = wanted.option(value) or wanted
    if isinstance(value, dict):
        return {name: _moved(said.fields[name], inner, move) for name, inner in value.items()}
    if isinstance(value, list):
        return [_moved(said.items, inner, move) for inner in value]
    match said.said.get("format"):
        case "date-time":
            return _plain(moment(value) + move.by)
        case "date":
            return (date.fromisoformat(value) + move.days).isoformat()
        case _:
            return value


def _change(fact: str, wanted: Shape, data: dict[str, Any], name: str, value: Any) -> None:
    head, _, rest = name.partition(".")
    value = {rest: value} if rest else value
    fields = (wanted.option(data) or wanted).fields
    assert head in fields, f"{fact} has no field {head}; it has {', '.join(fields)}"
    if isinstance(value, dict) and isinstance(data.get(head), dict):
        for inner, changed in value.items():
            _change(f"{head} of {fact}", fields[head], data[head], inner, changed)
    else:
        data[head] = value


def _plain(value: Any) -> Any:
    """As it stands in JSON: enums, times, tuples and records too."""
    return msgspec.json.decode(_json(value))
