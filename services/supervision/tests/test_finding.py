"""What the two detectors see, and what they do not (decision 0012)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.testkit.neighbours import moment
from services.supervision.finding.detectors import DETECTORS, Deed, KnownAct
from services.supervision.tests.stories import (
    AFTER_THE_END,
    SAME_OFFICER,
    after_the_end,
    did,
    given_finding,
    raise_finding,
    same_officer,
    same_officer_2,
    seen_by,
)
from services.supervision.tests.whole import WHOLE

ACT, EXAMINE, APPROVE, END = Deed.ACT, Deed.EXAMINE, Deed.APPROVE, Deed.END
HOLD_EXAMINING, HOLD_APPROVING, SIGN = Deed.HOLD_EXAMINING, Deed.HOLD_APPROVING, Deed.SIGN
recorded = partial(did, imported=True)
"""An act of an imported record."""


# --- one examines, another approves: version 1, for what was imported whole -------------------------------------------------------


def test_who_examined_first_and_approved_first_is_seen() -> None:
    facts = [recorded(ACT, "A", "2011-03-01", 1), recorded(EXAMINE, "B", "2011-03-02", 2), recorded(APPROVE, "B", "2011-03-03", 3)]
    seen = same_officer(facts)
    assert seen is not None
    assert seen.facts == (facts[1], facts[2])
    assert seen.place == 2


def test_two_officers_are_as_it_should_be() -> None:
    assert same_officer([recorded(EXAMINE, "B", "2011-03-02", 1), recorded(APPROVE, "C", "2011-03-03", 2)]) is None
    assert same_officer([recorded(EXAMINE, "B", "2011-03-02", 1)]) is None
    assert same_officer([recorded(APPROVE, "B", "2011-03-02", 1)]) is None


def test_first_is_first_in_the_order_recorded_whatever_came_later() -> None:
    facts = [recorded(EXAMINE, "B", "2011-03-09", 1), recorded(APPROVE, "C", "2011-03-03", 2), recorded(APPROVE, "B", "2011-03-04", 3)]
    assert same_officer(facts) is None
    facts = [recorded(APPROVE, "B", "2011-03-03", 1), recorded(EXAMINE, "B", "2011-03-09", 2), recorded(EXAMINE, "C", "2011-03-01", 3)]
    seen = same_officer(facts)
    assert seen is not None
    assert seen.place == 1


def test_version_1_sees_nothing_from_the_first_act_on_that_was_done_here() -> None:
    facts = [recorded(EXAMINE, "B", "2011-03-02", 1), did(ACT, "A", "2011-03-03", 2), recorded(APPROVE, "B", "2011-03-04", 3)]
    assert same_officer(facts) is None
    assert same_officer_2(facts) is not None


# --- version 2, for every other case ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("examining", [did(HOLD_EXAMINING, "B", "2011-03-02", 1), did(EXAMINE, "C", "2011-03-02", 1, second_officer="B")])
@pytest.mark.parametrize(
    "approving", [did(HOLD_APPROVING, "B", "2011-03-03", 2), did(APPROVE, "B", "2011-03-03", 2), did(SIGN, "B", "2011-03-03", 2)]
)
def test_whoever_examined_in_any_way_neither_approves_nor_signs(examining: KnownAct, approving: KnownAct) -> None:
    seen = same_officer_2([examining, approving])
    assert seen is not None
    assert (seen.facts, seen.place, seen.officers) == ((examining, approving), 1, ("B",))


def test_into_whose_hands_an_examining_step_was_given_is_an_examiner_and_who_gave_it_is_none_by_that() -> None:
    given_over = did(HOLD_EXAMINING, "B", "2011-03-02", 1, handed_to="C")
    assert same_officer_2([given_over, did(APPROVE, "C", "2011-03-03", 2)]) is not None
    assert same_officer_2([given_over, did(APPROVE, "B", "2011-03-03", 2)]) is None


def test_everybody_who_was_on_both_sides_is_named_as_first_written() -> None:
    examined, approved = did(EXAMINE, "b1", "2011-03-02", 1, second_officer="C2"), did(APPROVE, "c2 ", "2011-03-03", 2, second_officer="B1")
    seen = same_officer_2([examined, approved])
    assert seen is not None
    assert (seen.facts, seen.officers) == ((examined, approved), ("C2", "b1"))


def test_officers_apart_nobody_and_plain_work_are_as_it_should_be() -> None:
    assert (
        same_officer_2([did(EXAMINE, "B", "2011-03-02", 1, second_officer="-"), did(APPROVE, "C", "2011-03-03", 2, second_officer="-")])
        is None
    )
    assert same_officer_2([did(ACT, "B", "2011-03-02", 1), did(APPROVE, "B", "2011-03-03", 2), did(SIGN, "B", "2011-03-04", 3)]) is None


def test_what_an_imported_record_shows_is_seen_when_the_case_is_first_worked_here() -> None:
    facts = [recorded(EXAMINE, "B", "2011-03-02", 1), recorded(APPROVE, "B", "2011-03-03", 2)]
    assert same_officer_2(facts) is None
    seen = same_officer_2([*facts, did(ACT, "A", "2011-03-04", 3)])
    assert seen is not None
    assert (seen.facts, seen.place) == (tuple(facts), 2)


# --- after the end ----------------------------------------------------------------------------------------------------------------


def test_an_act_later_than_the_end_is_seen_when_the_end_is_recorded_after_it() -> None:
    facts = [did(ACT, "A", "2011-03-01", 1), did(ACT, "B", "2011-03-05", 2), did(ACT, "C", "2011-03-06", 3), did(END, "R", "2011-03-04", 4)]
    seen = after_the_end(facts)
    assert seen is not None
    assert seen.facts == (facts[3], facts[1], facts[2])
    assert seen.place == 3


def test_an_act_later_than_the_end_is_seen_when_it_is_recorded_after_the_end() -> None:
    facts = [did(END, "R", "2011-03-04", 1), did(ACT, "B", "2011-03-05", 2), did(ACT, "C", "2011-03-06", 3)]
    seen = after_the_end(facts)
    assert seen is not None
    assert (seen.facts, seen.place) == ((facts[0], facts[1]), 1)


def test_an_act_at_the_very_instant_of_the_end_or_before_it_is_in_order() -> None:
    assert after_the_end([did(ACT, "A", "2011-03-04", 1), did(END, "R", "2011-03-04", 2)]) is None
    assert after_the_end([did(END, "R", "2011-03-04", 1), did(ACT, "A", "2011-03-03", 2)]) is None


def test_while_there_is_no_end_nothing_is_after_it() -> None:
    assert after_the_end([did(ACT, "A", "2011-03-04", 1)]) is None


def test_a_finding_names_what_was_seen_once_per_case_detector_and_version() -> None:
    facts = [did(EXAMINE, "B", "2011-03-02", 2, imported=True), did(APPROVE, "B", "2011-03-03", 3, imported=True)]
    seen = same_officer(facts)
    assert seen is not None
    happened = given_finding().when(raise_finding(seen, SAME_OFFICER))
    (finding,) = happened.events
    assert finding.officers == ("B",)
    assert finding.evidence == ("urn:liandong:511525:intake#1#2", "urn:liandong:511525:intake#1#3")
    assert (finding.at, finding.rule_version, finding.imported) == (moment("2011-03-03"), 1, True)
    given_finding(happened.history()).when(raise_finding(seen, SAME_OFFICER)).then()


def test_after_the_end_names_those_who_acted_not_who_closed() -> None:
    seen = after_the_end([did(END, "R", "2011-03-04", 1), did(ACT, "B", "2011-03-05", 2)])
    assert seen is not None
    (finding,) = given_finding().when(raise_finding(seen, AFTER_THE_END)).events
    assert finding.officers == ("B",)


ways = st.tuples(st.sampled_from(Deed), st.sampled_from("ABCa-"), st.integers(1, 9), st.booleans(), st.sampled_from(["", "A", "b "]))


@st.composite
def facts_of_a_case(draw: st.DrawFn) -> list[KnownAct]:
    """Acts in the order recorded, at any times, some imported, some by two officers or into another's hands."""
    found = enumerate(draw(st.lists(ways, max_size=12)), 1)
    return [
        did(deed, officer, f"2011-03-0{day}", n, imported=imported, **{"handed_to" if deed is HOLD_EXAMINING else "second_officer": other})
        for n, (deed, officer, day, imported, other) in found
    ]


@given(facts_of_a_case())
def test_what_is_seen_becomes_visible_at_its_place_and_stays_the_same(facts: list[KnownAct]) -> None:
    assert set(DETECTORS) == set(WHOLE)
    for rule, whole_of in WHOLE.items():
        whole = whole_of(facts)
        for n in range(len(facts) + 1):
            assert seen_by(rule, facts[:n]) == whole_of(facts[:n]) == (whole if whole is not None and n > whole.place else None)


class CountedTime(datetime):
    """A time that counts how often it is asked whether it is later."""

    asked = 0

    def __gt__(self, other: Any) -> bool:
        CountedTime.asked += 1
        return super().__gt__(other)


@pytest.mark.parametrize("end", [0, 500, 999])
def test_a_long_case_is_looked_through_once(end: int) -> None:
    CountedTime.asked, time = 0, CountedTime(2011, 3, 4, tzinfo=UTC)
    acts = [replace(did(END if n == end else ACT, "A", "2011-03-04", n + 1), at=time) for n in range(1000)]
    assert after_the_end(acts) is None
    assert CountedTime.asked == 999
