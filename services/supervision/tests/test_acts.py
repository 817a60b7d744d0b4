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
from services.supervision.tests.stories import CASE, INTAKE, LOG
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
        (act("StepStarted"), Deed.ACT),
        (act("StepHandedOver"), Deed.ACT),
        (act("StepSentBack"), Deed.ACT),
        (act("CaseExamined"), Deed.EXAMINE),
        (act("CaseApproved"), Deed.APPROVE),
        (act("CaseDecided"), Deed.ACT),
        (act("CaseClosed"), Deed.END),
    ],
)
def test_steps_and_examinations_count_alike(done: ActOnCase, deed: Deed) -> None:
    assert deed_of(done) is deed


def test_a_finding_is_raised_by_the_very_act_in_which_it_becomes_visible() -> None:
    examined, approved = act("StepDone", "B", role="examine"), act("CaseApproved", "B")
    assert told(examined)[1] == []
    (finding,) = told(examined, approved)[1]
    assert (finding.detector, finding.node, finding.seen.place) == (Detector.SAME_OFFICER, "511525", 1)
    assert told(examined, approved, act("StepDone", "B", role="approve"), act("CaseDecided"))[1] == [finding]


def test_a_finding_goes_to_the_stream_of_its_detector_and_case() -> None:
    case, _ = told(act("CaseExamined", "B"))
    _, ((stream, command),) = react(case, act("CaseApproved", "B"), f"{INTAKE}#1#2")
    assert (stream, command.detector) == (f"finding:same-officer:{CASE}", Detector.SAME_OFFICER)
    assert [known.evidence for known in command.seen.facts] == [f"{INTAKE}#1#1", f"{INTAKE}#1#2"]


acts = st.builds(
    act,
    st.sampled_from(["CaseAccepted", "CaseExamined", "CaseApproved", "CaseDecided", "CaseClosed"]),
    st.sampled_from("ABC"),
    st.integers(1, 9).map(lambda day: f"2011-03-0{day}"),
)


@given(st.lists(acts, max_size=12))
def test_heard_one_by_one_a_case_shows_what_its_whole_history_shows(facts: list[ActOnCase]) -> None:
    case, findings = told(*facts)
    whole = {detector: seen for detector, whole_of in WHOLE.items() if (seen := whole_of(case.acts)) is not None}
    assert {finding.detector: finding.seen for finding in findings} == whole
    assert len(findings) == len(whole)
