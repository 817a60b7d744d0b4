"""What verified events say of the city's rows: pure, a batch at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from libs.contracts import phases
from libs.testkit.house import COUNTY
from libs.testkit.neighbours import Neighbour
from libs.wire import Recorded
from services.hub.inbox import READER
from services.hub.inbox.rows import fold
from services.hub.tests.county import AT, Told, feed, filed, of
from services.hub.views import CityCase

CASE = "511525-20261123-000001-7"
DUE = datetime(2026, 11, 30, 16, tzinfo=UTC)


async def row(*facts: Told) -> CityCase:
    """What these facts say of the one case."""
    folded = fold(await feed(filed(CASE), *facts))
    assert folded.not_shown == []
    return folded.cases[(COUNTY, CASE)]


def test_every_fact_that_moves_a_case_is_read() -> None:
    moving = {fact for fact in phases().facts if phases().after("", fact) or phases().suspensions("", fact)}
    assert {name.split(".")[2] for name in READER.types if name.startswith("liandong.intake.")} == moving


async def test_a_filed_case_stands_under_its_item() -> None:
    found = await row()
    assert (found.item, found.item_name, found.filed_at, found.phase, found.finished_at) == ("511A", "食品经营许可", AT, "filed", None)


async def test_an_imported_case_keeps_its_name_and_log() -> None:
    folded = fold(await feed(filed(CASE, ref="log-1", imported=True)))
    found = folded.cases[(COUNTY, CASE)]
    assert (found.ref, found.timeline, found.imported) == ("log-1", "receipt", True)


async def test_after_an_incomplete_return_the_city_says_what_the_county_says() -> None:
    assert (await row(*of(CASE, "CorrectionsRequested"))).phase == "correcting"
    assert (await row(*of(CASE, "CorrectionsRequested", "CorrectionsReturned"))).phase == "incomplete"


async def test_suspension_is_a_mark_beside_the_phase() -> None:
    assert (await row(*of(CASE, "CaseAccepted"))).suspensions == ""
    stopped = await row(*of(CASE, "CaseAccepted", "CaseExamined", "ClocksSuspended"))
    assert (stopped.phase, stopped.suspensions) == ("examined", "+1")
    resumed = await row(*of(CASE, "CaseAccepted", "CaseExamined", "ClocksSuspended", "ClocksResumed"))
    assert (resumed.phase, resumed.suspensions) == ("examined", "+1-1")


async def test_a_case_is_finished_at_its_first_end_and_closed_at_its_close() -> None:
    for end in ("CaseNotAccepted", "CaseWithdrawn"):
        found = await row(*of(CASE, end))
        assert (found.phase, found.finished_at, found.closed_at) == (phases().after("", end), AT, None)
    events = await feed(filed(CASE), *of(CASE, "CaseWithdrawn", "CaseClosed", "CaseExamined"))
    later = [msgspec.structs.replace(event, time=AT.replace(hour=n)) for n, event in enumerate(events, 2)]
    found = fold(later).cases[(COUNTY, CASE)]
    assert (found.phase, found.finished_at, found.closed_at) == ("closed", AT.replace(hour=3), AT.replace(hour=4))


async def test_facts_are_counted_on_their_day_in_china() -> None:
    events = await feed(filed(CASE), *of(CASE, "CaseAccepted", "CaseDecided", "CaseClosed"))
    late = [msgspec.structs.replace(event, time=datetime(2026, 11, 23, 16, 30, tzinfo=UTC)) for event in events]
    days = {(kind, day.isoformat()): n for (_, _, kind, day), n in fold(late).days.items()}
    assert days == {("filed", "2026-11-24"): 1, ("accepted", "2026-11-24"): 1, ("decided", "2026-11-24"): 1}


async def test_a_clock_from_start_to_end() -> None:
    started, stopped, resumed, red, ended = (
        *of(CASE, "ClockStarted", due_at=DUE, kind="statutory", label="法定期限"),
        *of(CASE, "ClockStopped"),
        *of(CASE, "ClockResumed", due_at=DUE),
        *of(CASE, "ClockRed", kind="statutory"),
        *of(CASE, "ClockEnded", kind="statutory"),
    )

    async def clock(*facts: Told) -> tuple[Any, ...]:
        folded = fold(await feed(*facts, service="deadline"))
        (found,) = folded.clocks.values()
        assert found.clock == f"clock:{CASE}:promised"
        return (found.kind, found.label, found.due_at, bool(folded.moved), found.red, found.ended)

    assert await clock(started) == ("statutory", "法定期限", DUE, True, False, False)
    assert await clock(started, stopped) == ("statutory", "法定期限", None, True, False, False)
    assert await clock(started, stopped, resumed, red) == ("statutory", "法定期限", DUE, True, True, False)
    assert await clock(stopped) == (None, None, None, True, False, False)
    assert await clock(ended) == ("statutory", None, None, False, False, True)


@pytest.mark.parametrize(
    ("kind", "name", "marks"),
    [
        ("promised", "ClockYellow", (True, False, False)),
        ("promised", "ClockRed", (False, True, False)),
        ("statutory", "ClockYellow", (False, False, False)),
        ("statutory", "ClockRed", (False, False, True)),
        ("step", "ClockRed", (False, False, False)),
    ],
)
async def test_promised_and_statutory_red_are_different_facts(kind: str, name: str, marks: tuple[bool, bool, bool]) -> None:
    found = fold(await feed(*of(CASE, name, kind=kind), service="deadline")).cases[(COUNTY, CASE)]
    yellow, red, statutory_red = marks
    assert (found.red, found.statutory_red) == (red, statutory_red)
    assert found.yellow is (yellow or red)


async def test_cards_and_findings_name_their_case() -> None:
    cards = of(CASE, "CardIssued", colour="yellow", department="县水利局", post="审查岗", officer="", due_at=DUE)
    folded = fold(
        await feed(*cards, *of(CASE, "FindingRaised", detector="same-officer", rule_version=2, evidence=("x#1#1",)), service="supervision")
    )
    (card,), (finding,) = folded.cards, folded.findings
    assert (card.number, card.colour, card.department, card.post, card.officer) == (CASE, "yellow", "县水利局", "审查岗", "")
    assert (card.due_at, card.at) == (DUE, AT)
    assert (finding.number, finding.detector, finding.rule_version, finding.evidence) == (CASE, "same-officer", 2, ("x#1#1",))
    assert [kind for _, _, kind, _ in folded.days] == ["yellow"]


async def test_what_the_city_does_not_show_is_passed_over() -> None:
    folded = fold(await feed(*of(CASE, "StepFellDue", "StepStarted", "StepHandedOver", "StepDone", "LimitExtended")))
    assert (folded.cases, folded.not_shown) == ({}, [])


async def sent(kind: str, data: bytes) -> Recorded:
    service = kind.split(".")[1]
    return await Neighbour(service, [COUNTY]).sends(kind, data, AT, subject="s", case=CASE)


UNSHOWABLE = [
    ("liandong.intake.CaseClosed.v2", b'{"case":"c9"}', "比本版本新"),
    ("liandong.intake.CaseClosed.v1", b'{"case":"c\\u00009"}', "空字符"),
    ("liandong.intake.CaseClosed.v1", b'{"case":""}', "没有办件编号"),
    ("liandong.intake.CaseClosed.v1", b"{}", "missing required field `case`"),
    ("liandong.intake.CaseFiled.v1", b'{"case":"c9"}', "missing required field `pinned`"),
    ("liandong.deadline.ClockYellow.v1", b'{"case":"c9","clock":"k"}', "missing required field `kind`"),
    ("liandong.deadline.ClockEnded.v1", b'{"case":"c9","clock":"","kind":"step"}', "时限没有编号"),
    ("liandong.supervision.FindingRaised.v1", b'{"case":"c9","finding":"","detector":"d","rule_version":1,"evidence":[]}', "发现没有编号"),
]


@pytest.mark.parametrize(("kind", "data", "because"), UNSHOWABLE)
async def test_what_is_known_and_cannot_be_shown_is_named(kind: str, data: bytes, because: str) -> None:
    event = await sent(kind, data)
    good = await feed(filed(CASE))
    folded = fold([event, *good])
    ((named, why),) = folded.not_shown
    assert named is event
    assert because in why
    assert list(folded.cases) == [(COUNTY, CASE)]


async def test_a_time_that_no_calendar_has_is_named() -> None:
    (event,) = await feed(filed(CASE))
    folded = fold([msgspec.structs.replace(event, time=AT.replace(year=9999))])
    assert [why for _, why in folded.not_shown] == ["时间不在日历可用的范围内"]
