"""What becomes of the acts on a case, heard one after the other (decision 0012)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.testkit.neighbours import heard
from services.supervision.events import Detector
from services.supervision.finding import RaiseFinding
from services.supervision.finding.acts import ActOnCase, FilingOrAct, deed_of, react
from services.supervision.finding.detectors import Deed, WatchedCase
from services.supervision.inbox import READER
from services.supervision.tests.stories import CASE, INTAKE, LOG, SAME_OFFICER_2
from services.supervision.tests.whole import WHOLE


def fact(name: str, on: str = "2007-03-05", **changes: Any) -> Any:
    """What intake says, as it is read here."""
    return heard(READER, "intake", name, on, CASE, **changes)


def act(name: str, officer: str = "C0117", on: str = "2007-03-05", **changes: Any) -> ActOnCase:
    found = fact(name, on, officer=officer, **changes)
    assert isinstance(found, ActOnCase)
    return found


def told(*facts: FilingOrAct) -> tuple[WatchedCase, list[RaiseFinding]]:
    """What is remembered of a case after these facts, and every finding that came of them."""
    case, findings = WatchedCase(), list[RaiseFinding]()
    for n, one in enumerate(facts, 1):
        case, commands = react(case, one, f"{INTAKE}#1#{n}")
        findings += [command for _, command in commands]
    return case, findings


def test_a_filing_is_no_act_and_says_in_which_time_the_case_lives() -> None:
    imported, filed = fact("CaseFiled", instants=LOG), fact("CaseFiled")
    case, findings = told(imported, act("CaseAccepted"))
    assert (len(case.acts), findings) == (1, [])
    assert (imported.timeline, filed.timeline) == ("receipt", "")


def test_an_act_is_remembered_with_the_event_that_says_it() -> None:
    case, _ = told(act("CaseAccepted"), act("CaseClosed", imported=True))
    assert [(known.deed, known.evidence, known.imported) for known in case.acts] == [
        (Deed.ACT, f"{INTAKE}#1#1", False),
        (Deed.END, f"{INTAKE}#1#2", True),
    ]


@pytest.mark.parametrize(
    ("done", "deed"),
    [
        (act("StepDone", role="work"), Deed.ACT),
        (act("StepDone", role="examine"), Deed.EXAMINE),
        (act("StepDone", role="approve"), Deed.APPROVE),
        (act("StepStarted", role="work"), Deed.ACT),
        (act("StepStarted", role="examine"), Deed.HOLD_EXAMINING),
        (act("StepStarted", role="approve"), Deed.HOLD_APPROVING),
        (act("StepHandedOver", role="work"), Deed.ACT),
        (act("StepHandedOver", role="examine"), Deed.HOLD_EXAMINING),
        (act("StepHandedOver", role="approve"), Deed.HOLD_APPROVING),
        (act("StepSentBack"), Deed.ACT),
        (act("CaseExamined"), Deed.EXAMINE),
        (act("CaseApproved"), Deed.APPROVE),
        (act("CaseDecided"), Deed.SIGN),
        (act("CaseDecided", imported=True), Deed.SIGN),
        (act("CaseDecided", imported=True, outcome="not-stated"), Deed.ACT),
        (act("CaseClosed"), Deed.END),
    ],
)
def test_steps_and_examinations_count_alike(done: ActOnCase, deed: Deed) -> None:
    assert deed_of(done) is deed


def test_a_finding_is_raised_by_the_very_act_in_which_it_becomes_visible() -> None:
    examined, approved = act("StepDone", "B", role="examine"), act("CaseApproved", "B")
    assert told(examined)[1] == []
    (finding,) = told(examined, approved)[1]
    assert (finding.rule, finding.node, finding.seen.place) == (SAME_OFFICER_2, "511525", 1)
    assert told(examined, approved, act("StepDone", "B", role="approve"), act("CaseDecided"))[1] == [finding]


def test_a_finding_goes_to_the_stream_of_its_detector_its_version_and_its_case() -> None:
    case, _ = told(act("CaseExamined", "B"))
    _, ((stream, command),) = react(case, act("CaseApproved", "B"), f"{INTAKE}#1#2")
    assert (stream, command.rule) == (f"finding:same-officer:2:{CASE}", SAME_OFFICER_2)
    assert [known.evidence for known in command.seen.facts] == [f"{INTAKE}#1#1", f"{INTAKE}#1#2"]


# --- 一审一核, version 2 ------------------------------------------------------------------------------------------------------------


def of_same_officer(*facts: FilingOrAct) -> list[RaiseFinding]:
    return [finding for finding in told(*facts)[1] if finding.rule.detector is Detector.SAME_OFFICER]


def test_who_took_up_an_examining_step_and_signs_the_decision_is_seen_though_another_finished_it() -> None:
    facts = (act("StepStarted", "B", role="examine"), act("StepDone", "C", role="examine"), act("CaseApproved", "D"))
    assert of_same_officer(*facts) == []
    (finding,) = of_same_officer(*facts, act("CaseDecided", "B"))
    assert [known.evidence for known in finding.seen.facts] == [f"{INTAKE}#1#1", f"{INTAKE}#1#4"]


def test_into_whose_hands_an_examining_step_was_given_is_seen_to_approve_and_who_gave_it_is_not() -> None:
    handed = act("StepHandedOver", "B", role="examine", to="C")
    assert of_same_officer(handed, act("CaseApproved", "B")) == []
    (finding,) = of_same_officer(handed, act("CaseApproved", "C"))
    assert finding.seen.officers == ("C",)


def test_who_seconded_an_examining_step_and_holds_an_approving_one_is_seen() -> None:
    seconded = act("StepDone", "B", role="examine", second_officer="C")
    assert len(of_same_officer(seconded, act("StepStarted", "C", role="approve"))) == 1


def test_whoever_examined_at_any_time_is_among_the_examiners() -> None:
    examined, again = act("CaseExamined", "B"), act("CaseExamined", "C")
    assert len(of_same_officer(examined, again, act("CaseApproved", "C"))) == 1


def test_one_person_is_one_whatever_letters_the_number_is_written_in() -> None:
    assert len(of_same_officer(act("CaseExamined", "b0201"), act("CaseApproved", "\uff220201 "))) == 1
    assert len(of_same_officer(act("CaseExamined", "b0201"), act("CaseApproved", "b\u200d0201"))) == 1


@pytest.mark.parametrize("nobody", ["", " ", "-", "\uff0d"])
def test_a_number_that_is_none_is_nobody_s(nobody: str) -> None:
    assert of_same_officer(act("CaseExamined", nobody), act("CaseApproved", nobody)) == []


def test_version_1_stays_for_a_case_that_was_imported_whole_and_version_2_is_for_every_other() -> None:
    examined, approved = act("CaseExamined", "B", imported=True), act("CaseApproved", "B", imported=True)
    old, _ = told(examined)
    _, ((stream, _),) = react(old, approved, f"{INTAKE}#1#2")
    assert stream == f"finding:same-officer:1:{CASE}"
    live, _ = told(act("CaseExamined", "B"))
    _, ((stream, _),) = react(live, act("CaseApproved", "B"), f"{INTAKE}#1#2")
    assert stream == f"finding:same-officer:2:{CASE}"


def test_a_case_that_was_imported_and_is_then_worked_here_may_show_both() -> None:
    imported = (act("CaseExamined", "B", imported=True), act("CaseApproved", "B", imported=True))
    assert len(of_same_officer(*imported)) == 1
    assert len(of_same_officer(*imported, act("CaseDecided", "R"))) == 2


acts = st.builds(
    act,
    st.sampled_from(["CaseAccepted", "CaseExamined", "CaseApproved", "CaseDecided", "CaseClosed"]),
    st.sampled_from("ABCa-"),
    st.integers(1, 9).map(lambda day: f"2011-03-0{day}"),
    imported=st.booleans(),
)


@given(st.lists(acts, max_size=12))
def test_heard_one_by_one_a_case_shows_what_its_whole_history_shows(facts: list[ActOnCase]) -> None:
    case, findings = told(*facts)
    whole = {rule: seen for rule, whole_of in WHOLE.items() if (seen := whole_of(case.acts)) is not None}
    assert {finding.rule: finding.seen for finding in findings} == whole
    assert len(findings) == len(whole)
