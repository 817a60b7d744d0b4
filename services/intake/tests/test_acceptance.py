"""受理, 不予受理, silence: Art. 32."""

from __future__ import annotations

import pytest

from services.intake.events import AcceptedBy, CaseNotAccepted
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


def test_a_complete_application_is_accepted_and_limits_run_from_the_decision() -> None:
    given(s.filed()).when(s.accept("2007-03-06")).then(*s.accepted_by(AcceptedBy.DECISION, "2007-03-06", "2007-03-06", "clerk-1"))


def test_accepting_what_is_accepted_changes_nothing() -> None:
    given(s.accepted()).when(s.accept("2007-03-07")).then()
    given(s.examined()).when(s.accept("2007-03-27")).then()


def test_not_accepted_names_the_right_agency() -> None:
    given(s.filed()).when(s.refuse_acceptance()).then(
        CaseNotAccepted(case=NUMBER, reason="不属于本机关职权", right_agency="县水利局", officer="clerk-1", at=at("2007-03-06"))
    )


def test_not_accepting_twice_is_once() -> None:
    given(s.filed()).when(s.refuse_acceptance(), s.refuse_acceptance("2007-03-07")).then()


def test_what_is_accepted_cannot_be_declined_any_more() -> None:
    given(s.accepted()).when(s.refuse_acceptance()).refused("already-accepted")


def test_who_was_told_to_correct_is_not_declined() -> None:
    given(s.told_to_correct()).when(s.refuse_acceptance("2007-03-07")).refused("told-to-correct")
    given(s.returned_incomplete()).when(s.refuse_acceptance("2007-03-15")).refused("told-to-correct")


def test_five_working_days_of_silence_are_acceptance_from_the_day_of_receipt() -> None:
    given(s.filed()).when(s.deem_accepted("2007-03-13")).then(
        *s.accepted_by(AcceptedBy.SILENCE, "2007-03-05", "2007-03-13", "system:intake", "00:00")
    )


def test_silence_is_no_acceptance_while_the_time_to_tell_still_runs() -> None:
    given(s.filed()).when(s.deem_accepted("2007-03-12", "23:59")).then()


def test_accepting_late_is_accepting_from_the_day_of_receipt() -> None:
    given(s.filed()).when(s.accept("2007-03-14")).then(*s.accepted_by(AcceptedBy.SILENCE, "2007-03-05", "2007-03-14", "clerk-1"))


@pytest.mark.parametrize("story", [s.told_to_correct, s.accepted, s.decided])
def test_silence_says_nothing_where_somebody_spoke(story: object) -> None:
    assert callable(story)
    given(story()).when(s.deem_accepted("2007-04-30")).then()


def test_silence_after_an_incomplete_return_is_acceptance_from_that_return() -> None:
    given(s.returned_incomplete()).when(s.deem_accepted("2007-03-22")).then(
        *s.accepted_by(AcceptedBy.SILENCE, "2007-03-14", "2007-03-22", "system:intake", "00:00")
    )


def test_silence_noticed_late_about_the_filing_does_not_end_the_time_after_a_return() -> None:
    given(s.returned_incomplete()).when(s.deem_accepted("2007-03-15")).then()
