"""一审一核, over steps, examination, approval and decision (P-two-persons)."""

from __future__ import annotations

from dataclasses import replace

from services.intake.events import StepRole
from services.intake.tests import stories as s
from services.intake.tests.stories import given


def test_who_did_an_examining_step_does_not_do_the_approving_step() -> None:
    given(s.reviewed()).when(s.start_step("核准", "examiner-1")).refused("same-officer")
    given(s.reviewed()).when(s.start_step("核准", "approver-1"), s.finish_step("核准", "examiner-1")).refused("same-officer")
    given(s.reviewed()).when(s.start_step("核准", "approver-1"), s.finish_step("核准", "approver-1", "examiner-1")).refused("same-officer")


def test_who_did_an_examining_step_does_not_approve_the_case() -> None:
    given(s.reviewed()).when(
        s.examine("examiner-2"), s.start_step("核准", "approver-1"), s.finish_step("核准", "approver-1"), s.approve("examiner-1")
    ).refused("same-officer")


def test_who_did_an_approving_step_does_not_examine_the_case() -> None:
    story = given(s.reviewed()).when(s.start_step("核准", "approver-1"), s.finish_step("核准", "approver-1")).history()
    given(story).when(s.examine("approver-1")).refused("same-officer")


def test_the_examiner_does_not_approve() -> None:
    given(s.examined()).when(s.approve("examiner-1")).refused("same-officer")


def test_the_examiner_does_not_decide() -> None:
    given(s.approved()).when(s.decide(officer="examiner-1")).refused("same-officer")


def test_the_officer_of_imported_steps_still_binds_an_approval_done_now() -> None:
    examined = s.imported(replace(s.finish_step("审查", "approver-1"), role=StepRole.EXAMINE))
    given(s.examined()).when(examined, s.approve("approver-1")).refused("same-officer")


def test_the_examiner_in_other_letters_is_the_examiner() -> None:
    for officer in ("EXAMINER-1", " examiner-1", "ｅｘａｍｉｎｅｒ-1"):
        given(s.reviewed()).when(s.start_step("核准", officer)).refused("same-officer")
