"""Examine, approve, decide, deliver, close, withdraw: 一审一核, Art. 38 and 44; and imported acts, which no phase binds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.intake.case_commands import Command, StartStep
from services.intake.case_state import Case, Phase
from services.intake.case_turns import TURNS, possible
from services.intake.events import (
    CaseApproved,
    CaseClosed,
    CaseDecided,
    CaseExamined,
    CaseWithdrawn,
    Channel,
    Outcome,
    ResultDelivered,
    StepDone,
    StepRole,
)
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


def test_one_examines_another_approves() -> None:
    given(s.accepted()).when(s.examine()).then(
        CaseExamined(case=NUMBER, officer="examiner-1", recommends=Outcome.GRANTED, at=at("2007-03-20"))
    )
    given(s.examined()).when(s.approve()).then(
        CaseApproved(case=NUMBER, officer="approver-1", outcome=Outcome.GRANTED, at=at("2007-03-21"))
    )


def test_the_examiner_does_not_approve() -> None:
    given(s.examined()).when(s.approve("examiner-1")).refused("same-officer")


def test_the_examiner_does_not_decide() -> None:
    given(s.approved()).when(s.decide(officer="examiner-1")).refused("same-officer")


def test_examined_and_approved_once() -> None:
    given(s.examined()).when(s.examine()).then()
    given(s.examined()).when(s.examine("examiner-2")).refused("already-examined")
    given(s.approved()).when(s.approve()).then()
    given(s.approved()).when(s.approve("approver-2")).refused("already-approved")


def test_nothing_is_approved_unexamined_or_decided_unapproved() -> None:
    given(s.filed()).when(s.examine()).refused("not-yet-accepted")
    given(s.accepted()).when(s.approve()).refused("not-examined")
    given(s.examined()).when(s.decide()).refused("not-approved")


def test_a_conclusion_is_granted_or_refused() -> None:
    given(s.accepted()).when(s.examine(recommends=Outcome.NOT_STATED)).refused("no-outcome")
    given(s.examined()).when(s.approve(outcome=Outcome.NOT_STATED)).refused("no-outcome")


def test_the_decision_is_what_was_approved() -> None:
    given(s.approved()).when(s.decide()).then(
        CaseDecided(
            case=NUMBER, outcome=Outcome.GRANTED, document="宜水许〔2007〕5号", reasons="", officer="approver-1", at=at("2007-03-22")
        )
    )
    given(s.approved()).when(s.decide(Outcome.REFUSED, reasons="不符合取水总量控制")).refused("not-as-approved")


def test_a_refusal_gives_reasons() -> None:
    given(s.approved(Outcome.REFUSED)).when(s.decide(Outcome.REFUSED)).refused("no-reasons")
    given(s.approved(Outcome.REFUSED)).when(s.decide(Outcome.REFUSED, reasons="不符合取水总量控制")).history()


def test_a_decision_is_in_writing() -> None:
    given(s.approved()).when(s.decide(document="")).refused("no-document")


def test_a_decision_stands() -> None:
    given(s.decided()).when(s.decide()).then()
    given(s.decided()).when(s.decide(document="宜水许〔2007〕6号")).refused("already-decided")


def test_the_result_is_handed_over_and_the_case_closed() -> None:
    given(s.decided()).when(s.deliver()).then(ResultDelivered(case=NUMBER, how=Channel.COUNTER, officer="clerk-1", at=at("2007-03-23")))
    given(s.delivered()).when(s.close()).then(CaseClosed(case=NUMBER, officer="clerk-1", at=at("2007-03-26")))
    given(s.delivered()).when(s.deliver()).then()
    given(s.closed()).when(s.close()).then()


def test_nothing_is_delivered_undecided_or_closed_undelivered() -> None:
    given(s.approved()).when(s.deliver()).refused("not-decided")
    given(s.decided()).when(s.close()).refused("not-delivered")
    given(s.filed()).when(s.close()).refused("not-delivered")
    given(s.decided()).when(s.deliver(Channel.INTERNAL)).refused("internal-is-for-imports")


def test_the_applicant_may_withdraw_until_the_decision() -> None:
    withdrawn = CaseWithdrawn(case=NUMBER, by_silence=False, officer="clerk-1", at=at("2007-03-22"))
    for story in (s.filed(), s.told_to_correct(), s.returned_incomplete(), s.accepted(), s.examined(), s.approved()):
        given(story).when(s.withdraw()).then(withdrawn)
    given(s.decided()).when(s.withdraw()).refused("already-decided")
    given(s.filed()).when(s.withdraw(), s.withdraw()).then()


def test_a_case_that_ended_stays_ended_and_can_be_closed() -> None:
    for end in (s.withdraw(), s.refuse_acceptance()):
        given(s.filed()).when(end, s.accept()).refused("ended")
        given(s.filed()).when(end, s.examine()).refused("ended")
        given(s.filed()).when(end, s.close()).history()
    given(s.closed()).when(s.withdraw()).refused("ended")


def test_what_is_possible_is_what_is_in_turn() -> None:
    for story in (s.filed(), s.told_to_correct(), s.accepted(s.SITE_VISIT), s.examined(), s.approved(), s.decided(), s.delivered()):
        state = given(story).state
        assert possible(state)
        assert all(state.phase in TURNS[command].phases for command in possible(state))
    assert possible(given(s.closed()).state) == ()
    assert possible(Case()) == ()
    assert StartStep in possible(given(s.accepted(s.SITE_VISIT)).state)
    assert StartStep not in possible(given(s.accepted()).state)


# --- imported acts ----------------------------------------------------------------------------------------------------------------------


def test_an_imported_act_is_kept_as_given_whatever_the_phase() -> None:
    acts: list[Command] = [
        s.finish_step("T02 Check confirmation of receipt", "Resource01", on="2006-12-31"),
        s.examine("Resource01"),
        s.approve("Resource01"),
        s.decide(Outcome.NOT_STATED, document=""),
        s.close(),
        s.finish_step("T04 Determine confirmation of receipt", "Resource01", on="2007-05-01"),
        s.suspend(first="2007-03-01", notified="2007-06-01"),
        s.resume(last="2007-01-01"),
        s.extend(days=99, head=""),
        s.deliver(),
        s.withdraw(),
        s.accept(),
    ]
    story = given(s.filed())
    for act in acts:
        events = story.when(s.imported(act)).history()
        assert len(events) == len(story.history) + 1, act
        story = given(events)
        assert story.history[-1].imported
    assert story.state.phase is Phase.CLOSED


@pytest.mark.parametrize("role", list(StepRole))
def test_an_imported_activity_is_a_step_with_the_role_its_record_gives(role: StepRole) -> None:
    given(s.filed()).when(s.imported(replace(s.finish_step("T02", "Resource01"), role=role))).then(
        StepDone(
            case=NUMBER,
            number=1,
            name="T02",
            role=role,
            officer="Resource01",
            second_officer="",
            at=at("2007-03-08", "11:00"),
            imported=True,
        )
    )


def test_an_imported_case_may_be_of_any_kind_and_channel() -> None:
    given().when(s.imported(s.file(procedure=s.pinned(kind="immediate"), channel=Channel.INTERNAL))).history()


def test_an_imported_act_done_twice_was_done_twice() -> None:
    """That one act is taken in once is the business of its idempotency key."""
    twice = s.imported(s.finish_step("T06"))
    assert len(given(s.filed()).when(twice, twice).history()) == 3


def test_the_officer_of_imported_steps_still_binds_an_approval_done_now() -> None:
    examined = s.imported(replace(s.finish_step("审查", "approver-1"), role=StepRole.EXAMINE))
    given(s.examined()).when(examined, s.approve("approver-1")).refused("same-officer")


def test_imported_acts_without_sense_do_not_stand_in_the_way_of_one_done_now() -> None:
    """A suspension that ended before it began counts for nothing; a case older than the calendar is past its limits."""
    reversed_stop = [s.imported(s.suspend(first="2007-03-20")), s.imported(s.resume(last="2007-03-01"))]
    story = given(s.accepted()).when(*reversed_stop).history()
    given(story).when(s.extend()).history()
    old = given().when(s.imported(s.file(on="1999-03-01"))).history()
    given(old).when(s.request_corrections()).refused("silence-was-acceptance")
    given(old).when(s.imported(s.accept("1999-03-02")), s.extend()).refused("limit-passed")
