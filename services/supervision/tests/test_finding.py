"""What the two detectors see, and what they do not (decision 0012)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.testkit.neighbours import moment
from services.supervision.events import Detector
from services.supervision.finding.detectors import DETECTORS, Deed, KnownAct
from services.supervision.tests.stories import after_the_end, did, given_finding, raise_finding, same_officer, seen_by
from services.supervision.tests.whole import WHOLE

ACT, EXAMINE, APPROVE, END = Deed.ACT, Deed.EXAMINE, Deed.APPROVE, Deed.END


def test_who_examined_first_and_approved_first_is_seen() -> None:
    facts = [did(ACT, "A", "2011-03-01", 1), did(EXAMINE, "B", "2011-03-02", 2), did(APPROVE, "B", "2011-03-03", 3)]
    seen = same_officer(facts)
    assert seen is not None
    assert seen.facts == (facts[1], facts[2])
    assert seen.place == 2


def test_two_officers_are_as_it_should_be() -> None:
    assert same_officer([did(EXAMINE, "B", "2011-03-02", 1), did(APPROVE, "C", "2011-03-03", 2)]) is None
    assert same_officer([did(EXAMINE, "B", "2011-03-02", 1)]) is None
    assert same_officer([did(APPROVE, "B", "2011-03-02", 1)]) is None


def test_first_is_first_in_the_order_recorded_whatever_came_later() -> None:
    facts = [did(EXAMINE, "B", "2011-03-09", 1), did(APPROVE, "C", "2011-03-03", 2), did(APPROVE, "B", "2011-03-04", 3)]
    assert same_officer(facts) is None
    facts = [did(APPROVE, "B", "2011-03-03", 1), did(EXAMINE, "B", "2011-03-09", 2), did(EXAMINE, "C", "2011-03-01", 3)]
    seen = same_officer(facts)
    assert seen is not None
    assert seen.place == 1


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


def test_a_finding_names_what_was_seen_once_per_case_and_detector() -> None:
    facts = [did(EXAMINE, "B", "2011-03-02", 2, imported=True), did(APPROVE, "B", "2011-03-03", 3, imported=True)]
    seen = same_officer(facts)
    assert seen is not None
    happened = given_finding().when(raise_finding(seen))
    (finding,) = happened.events
    assert finding.officers == ("B",)
    assert finding.evidence == ("urn:liandong:511525:intake#1#2", "urn:liandong:511525:intake#1#3")
    assert (finding.at, finding.rule_version, finding.imported) == (moment("2011-03-03"), 1, True)
    given_finding(happened.history()).when(raise_finding(seen)).then()


def test_after_the_end_names_those_who_acted_not_who_closed() -> None:
    seen = after_the_end([did(END, "R", "2011-03-04", 1), did(ACT, "B", "2011-03-05", 2)])
    assert seen is not None
    (finding,) = given_finding().when(raise_finding(seen, Detector.AFTER_THE_END)).events
    assert finding.officers == ("B",)


facts_of_a_case = st.lists(
    st.builds(did, st.sampled_from(Deed), st.sampled_from("ABC"), st.integers(1, 9).map(lambda d: f"2011-03-0{d}"), st.integers(1, 99)),
    max_size=12,
)


@given(facts_of_a_case)
def test_what_is_seen_becomes_visible_at_its_place_and_stays_the_same(facts: list[KnownAct]) -> None:
    assert set(DETECTORS) == set(WHOLE) == set(Detector)
    for detector, whole_of in WHOLE.items():
        whole = whole_of(facts)
        for n in range(len(facts) + 1):
            assert seen_by(detector, facts[:n]) == whole_of(facts[:n]) == (whole if whole is not None and n > whole.place else None)


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
