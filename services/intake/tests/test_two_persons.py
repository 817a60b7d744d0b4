"""一审一核, over steps, examination, approval and decision (P-two-persons)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.intake.case.two_persons import nobody, same_person
from services.intake.events import StepRole
from services.intake.tests import stories as s
from services.intake.tests.stories import given


def test_who_did_an_examining_step_does_not_do_the_approving_step() -> None:
    given(s.reviewed()).when(s.start_approving("examiner-1")).refused("same-officer")
    given(s.reviewed()).when(s.start_approving(), replace(s.approve(), second_officer="examiner-1", second_known=True)).refused(
        "same-officer"
    )


def test_who_held_an_examining_step_for_a_while_does_not_do_the_approving_step() -> None:
    story = given(s.examining()).when(s.hand_over(), s.hand_over("examiner-3", "examiner-2"), s.examine("examiner-3")).history()
    for officer in ("examiner-1", "examiner-2", "examiner-3"):
        given(story).when(s.start_approving(officer)).refused("same-officer")


def test_a_second_examiner_does_not_approve() -> None:
    story = given(s.examining()).when(replace(s.examine(), second_officer="examiner-2", second_known=True)).history()
    given(story).when(s.start_approving("examiner-2")).refused("same-officer")


def test_an_approving_step_is_not_handed_to_an_examiner() -> None:
    given(s.approving()).when(s.hand_over("Examiner-1", "approver-1")).refused("same-officer")
    given(s.approving()).when(s.hand_over("approver-2", "approver-1"), s.approve("approver-2")).taken()


def test_who_examined_before_the_case_was_sent_back_does_not_approve() -> None:
    story = given(s.sent_back()).when(s.start_step(officer="examiner-2"), s.examine("examiner-2")).history()
    given(story).when(s.start_approving("examiner-1")).refused("same-officer")


def test_who_held_an_approving_step_does_not_examine() -> None:
    given(s.sent_back()).when(s.start_step(officer="approver-1")).refused("same-officer")
    given(s.sent_back()).when(s.start_step(), s.hand_over("approver-1")).refused("same-officer")


def test_the_examiner_does_not_decide() -> None:
    given(s.approved()).when(s.decide(officer="examiner-1")).refused("same-officer")


def test_the_officer_of_imported_steps_still_binds_an_approval_done_now() -> None:
    examined = s.imported(replace(s.finish_step("T02", "approver-1"), role=StepRole.EXAMINE))
    given(s.examined()).when(examined, s.start_approving()).refused("same-officer")
    given(s.approving()).when(examined, s.approve()).refused("same-officer")


def test_the_examiner_in_other_letters_is_the_examiner() -> None:
    for officer in ("EXAMINER-1", " examiner-1", "ｅｘａｍｉｎｅｒ-1"):
        given(s.reviewed()).when(s.start_approving(officer)).refused("same-officer")


@pytest.mark.parametrize("other", ["c0122", " C0122 ", "Ｃ０１２２", "C0122\u3000", "C0\u200d122", "C\u200b0122\ufeff"])
def test_one_number_is_one_person_however_it_is_written(other: str) -> None:
    assert same_person("C0122", other)


def test_a_mark_that_nobody_sees_makes_no_other_person() -> None:
    given(s.examining()).when(replace(s.examine(), second_officer="examiner\u200d-1", second_known=True)).refused("needs-two-officers")
    given(s.reviewed()).when(s.start_approving("exam\u200diner-1")).refused("same-officer")
    given(s.reviewed()).when(s.extend(head="examiner\u200d-1")).refused("head-not-apart")


def test_two_numbers_are_two_persons() -> None:
    assert not same_person("C0122", "C0123")


@pytest.mark.parametrize(("staff", "so"), [("", True), ("-", True), (" . ", True), ("_", True), ("王", False), ("7", False)])
def test_a_number_without_letter_and_digit_names_nobody(staff: str, so: bool) -> None:
    assert nobody(staff) is so
