"""What the law says of each story, counted by hand: a wrong rule cannot be made right by writing the pages anew.

March 2007 has no holiday: Monday is the 5th, 12th, 19th, 26th. Around 1 May 2007 the State Council made 28 and 29 April (a weekend) working
days and gave 1 to 7 May free.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import pytest
from stdnum.iso7064 import mod_11_10

from services.cli.tests.shipped import names, told


class Law(NamedTuple):
    """What a story comes to: its phase, what was refused when with which code, clocks with due date and whether late, and cards: when, of
    which colour, of which clock, at whom.
    """

    phase: str
    refused: dict[str, str]
    due: dict[str, tuple[str, bool]]
    cards: tuple[tuple[str, str, str, str], ...] = ()


STORIES: Final[dict[str, Law]] = {
    # Accepted on Tuesday 6 March: ten working days end on the 20th, twenty on 3 April; decided on Friday the 9th, ten days for handing over.
    "01-granted": Law(
        "closed",
        {},
        {
            "correction": ("2007-03-13", False),
            "statutory": ("2007-04-03", False),
            "promised": ("2007-03-20", False),
            "step:1": ("2007-03-09", False),
            "step:2": ("2007-03-12", False),
            "delivery": ("2007-03-23", False),
        },
    ),
    # Filed on Monday 5 March, silent to the end of Monday the 12th: limits run from the 5th, the step only from the 13th.
    "02-silence": Law(
        "decided",
        {"2007-03-13T09:00": "already-accepted"},
        {
            "correction": ("2007-03-12", True),
            "statutory": ("2007-04-02", False),
            "promised": ("2007-03-19", False),
            "step:1": ("2007-03-16", False),
            "step:2": ("2007-03-16", False),
            "delivery": ("2007-03-30", False),
        },
        (("2007-03-12", "yellow", "correction", "C0117"), ("2007-03-13", "red", "correction", "C0117")),
    ),
    # Told on the third day, everything back on Thursday 15 March: limits run from that day, not from the 7th.
    "03-one-notice": Law(
        "accepted",
        {},
        {
            "correction": ("2007-03-14", False),
            "correction:2": ("2007-03-22", False),
            "statutory": ("2007-04-12", False),
            "promised": ("2007-03-29", False),
            "step:1": ("2007-03-20", False),
        },
    ),
    # Accepted on 12 March: fifteen days would end on 2 April, twenty on the 9th, five on 19 March; nine working days are not counted.
    "04-hearing": Law(
        "decided",
        {"2007-03-20T10:00": "suspended"},
        {
            "correction": ("2007-03-19", False),
            "statutory": ("2007-04-20", False),
            "promised": ("2007-04-13", False),
            "step:1": ("2007-03-30", False),
            "suspension:1": ("2007-03-29", False),
            "step:2": ("2007-04-02", False),
            "delivery": ("2007-04-16", False),
        },
    ),
    # Accepted on 2 April: the twentieth day is Saturday the 28th, worked; the thirtieth, behind 29 and 30 April and the holiday, 17 May.
    "05-extension": Law(
        "decided",
        {"2007-04-20T09:00": "head-not-apart", "2007-05-11T08:30": "extended-once"},
        {
            "correction": ("2007-04-09", False),
            "statutory": ("2007-05-17", False),
            "promised": ("2007-05-17", False),
            "step:2": ("2007-05-14", False),
            "delivery": ("2007-05-28", False),
        },
    ),
    "06-declined": Law(
        "closed",
        {"2007-03-16T09:00": "no-agency", "2007-03-19T09:00": "ended"},
        {"correction": ("2007-03-22", False)},
    ),
    "07-two-officers": Law(
        "decided",
        {
            "2007-03-14T10:00": "needs-two-officers",
            "2007-03-14T11:00": "same-officer",
            "2007-03-15T10:30": "not-allowed",
        },
        {
            "correction": ("2007-03-19", False),
            "statutory": ("2007-04-09", False),
            "promised": ("2007-03-26", False),
            "step:1": ("2007-03-19", False),
            "step:2": ("2007-03-16", False),
            "delivery": ("2007-03-29", False),
        },
    ),
    # Two days for examining, five promised: both broken, the law's twenty are kept. A card names who held the step at its instant.
    "08-late": Law(
        "decided",
        {},
        {
            "correction": ("2007-03-12", False),
            "statutory": ("2007-04-02", False),
            "promised": ("2007-03-12", True),
            "step:1": ("2007-03-07", True),
            "step:2": ("2007-03-15", False),
            "delivery": ("2007-03-29", False),
        },
        (
            ("2007-03-07", "yellow", "step:1", ""),
            ("2007-03-08", "red", "step:1", "E0201"),
            ("2007-03-12", "yellow", "promised", "E0201"),
            ("2007-03-13", "red", "promised", "E0202"),
            ("2007-03-15", "yellow", "step:2", ""),
        ),
    ),
    "09-refused-act": Law(
        "accepted",
        {"2007-03-08T10:00": "already-told-once"},
        {
            "correction": ("2007-03-12", False),
            "correction:2": ("2007-03-16", False),
            "statutory": ("2007-04-06", False),
            "promised": ("2007-03-23", False),
            "step:1": ("2007-03-14", False),
        },
    ),
    "10-township": Law(
        "closed",
        {"2007-03-05T09:20": "not-allowed"},
        {
            "correction": ("2007-03-12", False),
            "statutory": ("2007-04-02", False),
            "promised": ("2007-03-19", False),
            "step:1": ("2007-03-08", False),
            "step:2": ("2007-03-12", False),
            "delivery": ("2007-03-23", False),
        },
        (("2007-03-08", "yellow", "step:1", ""),),
    ),
}


def clock_name(clock: str) -> str:
    """The part of a clock's name behind its case: `promised`, `step:1`."""
    return clock.split(":", 2)[2]


def facts(name: str, kind: str) -> list[dict[str, Any]]:
    """The facts of a kind that a story tells, each with the instant at which it was told."""
    return [{**fact, "told": one["at"]} for one in told(name)["told"] for fact in one.get("facts", ()) if fact["type"] == kind]


def test_every_story_is_counted_by_hand() -> None:
    assert names() == sorted(STORIES)


@pytest.mark.parametrize("name", STORIES)
def test_a_story_ends_where_the_law_leads(name: str) -> None:
    assert told(name)["phase"] == STORIES[name].phase


@pytest.mark.parametrize("name", STORIES)
def test_what_the_law_forbids_is_refused_with_its_code_and_nothing_else(name: str) -> None:
    found = {one["at"][:16]: one["refused"]["code"] for one in told(name)["told"] if "refused" in one}
    assert found == STORIES[name].refused


@pytest.mark.parametrize("name", STORIES)
def test_every_limit_is_due_on_the_day_counted_by_hand(name: str) -> None:
    found = {clock_name(clock["clock"]): (clock["due_date"], clock["late"]) for clock in told(name)["clocks"]}
    assert found == STORIES[name].due


@pytest.mark.parametrize("name", STORIES)
def test_cards_come_at_midnight_and_name_who_held_the_step_then(name: str) -> None:
    cards = told(name)["cards"]
    assert tuple((card["at"][:10], card["colour"], clock_name(card["clock"]), card["officer"]) for card in cards) == STORIES[name].cards
    assert {card["at"][10:] for card in cards} <= {"T00:00:00+08:00"}


# --- the point of a story, where the table does not say it -------------------------------------------------------------------------------


def test_silence_is_acceptance_as_of_the_day_of_receipt() -> None:
    (accepted,) = facts("02-silence", "CaseAccepted")
    assert (accepted["by"], accepted["told"], accepted["effective"]) == ("silence", "2007-03-13T00:00:00+08:00", "2007-03-05T01:00:00Z")


def test_who_was_told_and_returned_everything_is_accepted_on_the_day_of_the_return() -> None:
    (accepted,) = facts("03-one-notice", "CaseAccepted")
    assert (accepted["by"], accepted["told"], accepted["effective"]) == ("decision", "2007-03-15T15:00:00+08:00", "2007-03-15T07:00:00Z")
    assert [fact["missing"] for fact in facts("03-one-notice", "CorrectionsRequested")] == [
        ["卫生检测报告", "从业人员健康合格证明", "场所平面图"]
    ]


def test_a_hearing_leaves_its_days_out_of_every_limit_that_ran() -> None:
    stops = {clock_name(clock["clock"]): clock["stops"] for clock in told("04-hearing")["clocks"] if clock["stops"]}
    hearing = [{"reason": "hearing", "first": "2007-03-15", "last": "2007-03-27"}]
    assert stops == {"statutory": hearing, "promised": hearing, "step:1": hearing}


def test_who_is_not_ours_is_sent_to_the_right_agency_and_told_where_to_contest_it() -> None:
    (declined,) = facts("06-declined", "CaseNotAccepted")
    assert (declined["reason"], declined["agency"]["name"]) == ("not-ours", "宜宾市水务局")
    assert (declined["remedies"]["reconsider_at"], declined["remedies"]["reconsider_days"]) == ("高县人民政府", 60)


def test_the_decision_is_signed_by_who_did_not_examine() -> None:
    (step, _) = facts("07-two-officers", "StepDone")
    (decided,) = facts("07-two-officers", "CaseDecided")
    assert (step["officer"], step["second_officer"], decided["officer"]) == ("E0201", "E0202", "A0301")


def test_the_second_notice_leaves_no_trace() -> None:
    assert [fact["missing"] for fact in facts("09-refused-act", "CorrectionsRequested")] == [["占用范围平面图"]]


def test_a_case_of_a_township_has_the_townships_number_and_cards_and_the_countys_procedure() -> None:
    (filed,) = facts("10-township", "CaseFiled")
    assert filed["case"].startswith("511525109-20070305-000001-")
    assert mod_11_10.is_valid(filed["case"].replace("-", ""))
    assert (filed["node"], filed["pinned"]["item_name"]) == ("511525109", "林木采伐许可")
    assert [card["node"] for card in told("10-township")["cards"]] == ["511525109"]
