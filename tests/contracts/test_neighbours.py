"""Neighbours say what their contracts know, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from libs.testkit.neighbours import Neighbour, moment, sample
from libs.wire import Position, Recorded, broken

COUNTY, TOWN = "511525", "511525100"
OTHER = "511525100-20070306-000002-8"


@pytest.fixture
def intake() -> Neighbour:
    return Neighbour("intake", [COUNTY, TOWN])


def said(recorded: Recorded) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(recorded.data)
    return found


async def test_without_changes_it_is_the_owners_sample(intake: Neighbour) -> None:
    filed = await intake.says("CaseFiled")
    assert (filed.type, filed.node, filed.actor) == ("liandong.intake.CaseFiled.v1", COUNTY, "clerk-1")
    assert (filed.subject, filed.correlationid) == ("511525-20070305-000001-0", "511525-20070305-000001-0")
    assert said(filed) == sample("intake", "CaseFiled")
    assert filed.time == moment("2007-03-05")


async def test_it_is_numbered_and_chained_by_the_cases_node(intake: Neighbour) -> None:
    first, second = await intake.says("CaseFiled"), await intake.says("CaseAccepted")
    town = await intake.says("CaseFiled", case=OTHER)
    assert broken(second, Position(first.source, 1, 1, first.hash)) is None
    assert (town.node, town.sequence, said(town)["case"], said(town)["node"]) == (TOWN, 1, OTHER, TOWN)
    assert await intake.feed(first.source) == [first, second]
    assert await intake.feed(first.source, 1, 1, 10) == [second]


async def test_a_case_that_names_no_node_is_the_first_ones_and_another_feed_can_be_named(intake: Neighbour) -> None:
    assert (await intake.says("CaseFiled", case="c1")).node == COUNTY
    assert (await intake.says("CaseFiled", case="c1", by_node=TOWN)).node == TOWN


async def test_the_case_stands_in_what_is_named_after_it() -> None:
    rung = await Neighbour("deadline", [TOWN]).says("ClockRed", case=OTHER)
    assert (said(rung)["clock"], said(rung)["node"], rung.subject) == (f"clock:{OTHER}:promised", TOWN, f"clock:{OTHER}:promised")


async def test_times_move_with_the_moment_and_days_with_the_day(intake: Neighbour) -> None:
    accepted = said(await intake.says("CaseAccepted", "2008-02-29"))
    assert accepted["at"] == accepted["effective"] == "2008-02-29T02:00:00Z"
    stopped = said(await intake.says("ClocksSuspended", "2007-03-08 23:30"))
    assert (stopped["first"], stopped["notified"], stopped["at"]) == ("2007-03-08", "2007-03-08", "2007-03-08T15:30:00Z")
    warned = said(await Neighbour("deadline", [COUNTY]).says("ClockYellow", datetime(2007, 3, 19, 16, tzinfo=UTC)))
    assert (warned["at"], warned["due_at"]) == ("2007-03-19T16:00:00Z", "2007-03-20T16:00:00Z")


async def test_changes_replace_fields_and_reach_inner_ones(intake: Neighbour) -> None:
    changes: dict[str, Any] = {"pinned.promised_days": 8, "pinned": {"item": "511A00002"}}
    filed = said(await intake.says("CaseFiled", "2007-03-06", officer="C0200", materials=("申请书",), **changes))
    before = sample("intake", "CaseFiled")
    assert filed["pinned"] == {**before["pinned"], "promised_days": 8, "item": "511A00002"}
    assert (filed["officer"], filed["materials"], filed["channel"]) == ("C0200", ["申请书"], before["channel"])
    silent = said(await intake.says("CaseAccepted", "2007-03-13", by="silence", effective=moment("2007-03-05")))
    assert (silent["by"], silent["effective"]) == ("silence", "2007-03-05T02:00:00Z")


async def test_what_is_null_in_the_sample_can_be_filled(intake: Neighbour) -> None:
    instants = {"timeline": "receipt", "promised": moment("2007-03-10"), "statutory": None}
    filed = said(await intake.says("CaseFiled", imported=True, instants=instants))
    assert filed["instants"] == {"timeline": "receipt", "promised": "2007-03-10T02:00:00Z", "statutory": None}


@pytest.mark.parametrize(
    ("fact", "changes", "because"),
    [
        ("CaseFilled", {}, "intake says no CaseFilled; it says CaseAccepted"),
        ("CaseFiled", {"officr": "C0200"}, "CaseFiled has no field officr; it has case"),
        ("CaseFiled", {"pinned": {"promise": 8}}, "pinned of CaseFiled has no field promise; it has item"),
        ("CaseFiled", {"pinned.promise": 8}, "pinned of CaseFiled has no field promise"),
        ("CaseFiled", {"pinned": {"promised_days": "soon"}}, r"pinned\.promised_days: 'soon' is no integer"),
        ("CaseFiled", {"instants": {"timeline": "receipt", "until": None}}, r"instants\.until: no such field.*instants\.promised: missing"),
        ("CaseFiled", {"materials": ["申请书", 7]}, r"materials\[1\]: 7 is no string"),
        ("CaseAccepted", {"by": "acclaim"}, "by: 'acclaim' is none of decision, silence"),
        ("CaseAccepted", {"effective": "2007-03-05"}, "effective: '2007-03-05' is no date-time"),
        ("ClocksResumed", {"last": "soon"}, "last: 'soon' is no date"),
        ("NumbersLeased", {"case": "c1"}, "is not a fact of a case"),
    ],
)
async def test_what_the_owner_could_not_say_fails_at_once(intake: Neighbour, fact: str, changes: dict[str, Any], because: str) -> None:
    with pytest.raises(AssertionError, match=because):
        await intake.says(fact, **changes)
    assert await intake.feed(f"urn:liandong:{COUNTY}:intake") == []


async def test_what_keeps_no_contract_can_be_sent_as_it_is(intake: Neighbour) -> None:
    sent = await intake.sends("liandong.intake.CaseFiled.v2", b"not json", "2007-03-05", subject="c1", case=OTHER)
    assert (sent.type, sent.data, sent.node, sent.subject) == ("liandong.intake.CaseFiled.v2", b"not json", TOWN, "c1")


def test_a_sample_is_the_callers_own() -> None:
    sample("intake", "CaseFiled")["pinned"]["item"] = "changed"
    assert sample("intake", "CaseFiled")["pinned"]["item"] == "511A00001"
