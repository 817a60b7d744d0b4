"""Acts of another system's record, which no phase binds (decision 0010)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.decider import Refused
from services.intake.case import Command
from services.intake.case.imported import must_have_happened
from services.intake.case.phase import Phase
from services.intake.events import Channel, CorrectionsRequested, Outcome, StepDone, StepRole
from services.intake.tests import stories as s
from services.intake.tests.stories import NUMBER, at, given


def test_an_imported_act_is_kept_as_given_whatever_the_phase() -> None:
    acts: list[Command] = [
        s.finish_step("T02 Check confirmation of receipt", "Resource01", on="2006-12-31"),
        s.start_step("T02 Check confirmation of receipt", "Resource01"),
        s.hand_over("Resource02", "Resource01"),
        s.examine("Resource01"),
        s.send_back("Resource01"),
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


def test_an_act_of_a_record_has_happened_give_or_take_five_minutes() -> None:
    now = at("2007-03-08", "11:00")
    for happened in (at("1990-01-01", "00:00"), now, now + timedelta(minutes=5)):
        must_have_happened(happened, now)
    with pytest.raises(Refused) as no:
        must_have_happened(now + timedelta(minutes=5, microseconds=1), now)
    assert (no.value.code, no.value.because) == ("in-the-future", "导入的行为发生在将来，只能导入已经发生的行为（P-imported-acts）")


def test_an_imported_case_may_be_of_any_kind_and_channel() -> None:
    given().when(s.imported(s.file(procedure=s.pinned(kind="immediate"), channel=Channel.INTERNAL))).taken()


def test_an_imported_act_done_twice_was_done_twice() -> None:
    """That one act is taken in once is the business of its idempotency key."""
    twice = s.imported(s.finish_step("T06"))
    assert len(given(s.filed()).when(twice, twice).history()) == 3


def test_imported_acts_without_sense_do_not_stand_in_the_way_of_one_done_now() -> None:
    """A suspension that ended before it began counts for nothing; a case older than the calendar is past its limits, and no silence is known."""
    reversed_stop = [s.imported(s.suspend(first="2007-03-20")), s.imported(s.resume(last="2007-03-01"))]
    story = given(s.accepted()).when(*reversed_stop).history()
    given(story).when(s.extend()).taken()
    old = given().when(s.imported(s.file(on="1999-03-01"))).history()
    given(old).when(s.request_corrections()).one(CorrectionsRequested)
    given(old).when(s.imported(s.accept("1999-03-02")), s.extend()).refused("limit-passed")
