"""What the one `decide` owes to all topics: its tables are whole, its order is kept, what it offers is in turn."""

from __future__ import annotations

from dataclasses import replace
from inspect import signature
from typing import get_args

import pytest

from services.intake.case import ACTS, TOPICS, Case, Command, possible
from services.intake.case.act import unbound
from services.intake.case.filing import File
from services.intake.case.phase import Phase
from services.intake.case.roads.promised import PROMISED
from services.intake.events import Outcome, Stopper
from services.intake.law import LAW
from services.intake.tests import stories as s
from services.intake.tests.stories import given

COMMANDS = get_args(Command)


def test_every_command_has_one_act_and_but_for_filing_its_turn() -> None:
    assert set(ACTS) == set(PROMISED) | {File} == set(COMMANDS)
    assert sum(len(topic.ACTS) for topic in TOPICS) == len(COMMANDS) == len(set(COMMANDS))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_an_act_is_asked_about_its_own_command(command: type[Command]) -> None:
    act = ACTS[command]
    asked = [next(iter(signature(rule).parameters.values())).annotation for rule in (act.check, act.fact, act.already)]
    assert set(asked) <= {command.__name__, "Asked"}
    assert asked[0] == command.__name__ or act.check is unbound


def test_every_phase_from_filing_to_close_has_an_act_in_turn() -> None:
    assert {phase for turn in PROMISED.values() for phase in turn.phases} == set(Phase) - {Phase.NONE, Phase.CLOSED}


def test_a_road_refuses_with_codes_of_the_law() -> None:
    codes = {code for turn in PROMISED.values() for code in turn.codes.values()}
    assert codes < set(LAW)
    assert len(codes) > 10


def test_personal_data_is_refused_before_anything_else_is_asked() -> None:
    words = replace(s.accept(), officer="13800138000")
    given().when(words).refused("personal-data")
    given(s.accepted()).when(words).refused("personal-data")


def test_what_is_already_so_is_not_asked_for_its_turn() -> None:
    given(s.examined()).when(s.accept("2007-03-27")).then()
    given(s.closed()).when(s.decide()).then()
    given(s.closed()).when(s.decide(document="宜水许〔2007〕6号")).refused("ended")


def test_an_act_out_of_turn_is_refused_for_that_whatever_it_says() -> None:
    given(s.decided()).when(s.suspend(notice="")).refused("already-decided")
    given(s.filed()).when(s.suspend(notice="")).refused("not-yet-accepted")


def offered(story: s.Told, on: str = "2007-03-12", by: str = "officer-1") -> set[str]:
    """What is offered on this day; no limit has passed."""
    return {command.__name__ for command in s.offered(story, s.asked(on, officer=by))}


def test_what_is_possible_is_what_is_in_turn() -> None:
    for story in (s.filed(), s.told_to_correct(), s.accepted(s.SITE_VISIT), s.examined(), s.approved(), s.decided(), s.delivered()):
        state = given(story).state
        assert offered(story, "2007-03-06")
        assert offered(story, "2007-03-06") <= {command.__name__ for command, turn in PROMISED.items() if state.phase in turn.phases}
    assert offered(s.closed()) == set()
    assert set(possible(s.asked("2007-03-05"), Case()).values()) == {str(LAW["unknown-case"].sentence) + "（P-known-case）"}
    assert "StartStep" in offered(s.accepted(s.SITE_VISIT))
    assert "StartStep" not in offered(s.approved())


def test_what_makes_no_sense_is_not_offered() -> None:
    assert offered(s.accepted()) == {"StartStep", "SuspendClocks", "ExtendLimit", "Withdraw"}
    assert offered(s.accepted(), "2007-04-04") == {"StartStep", "Withdraw"}
    assert "ExtendLimit" not in offered(given(s.accepted()).when(s.extend()).history())
    assert "Decide" not in offered(s.approved(Outcome.GRANTED, s.REVIEW, s.SIGN, s.ISSUE))
    of_steps = {"StartStep", "HandOver", "FinishStep", "SendBack"}
    assert offered(s.examining(), by="examiner-1") & of_steps == {"HandOver", "FinishStep"}
    assert offered(s.examining()) & of_steps == set(), "it is in the hands of another"
    assert offered(s.examined()) & of_steps == {"StartStep"}
    assert offered(s.examined(), by="examiner-1") & of_steps == set(), "who examined does not approve"
    assert offered(s.approving(), by="approver-1") & of_steps == {"HandOver", "FinishStep", "SendBack"}
    assert offered(s.approved()) & of_steps == set()


def test_what_a_procedure_blocks_is_not_offered_while_it_runs() -> None:
    assert offered(s.suspended()) == {"StartStep", "SuspendClocks", "ResumeClocks", "ExtendLimit", "Withdraw"}
    assert offered(s.announced()) == {"StartStep", "SuspendClocks", "CallOffSuspension", "ExtendLimit", "Withdraw"}
    assert offered(s.announced(), "2007-03-26") == offered(s.suspended())
    announced = given(s.announced()).when(s.start_step(), s.examine(), s.start_approving(), s.approve()).history()
    assert "Decide" in offered(announced, "2007-03-25")
    assert "Decide" not in offered(announced, "2007-03-26")
    hearing = replace(s.suspend(), reason=Stopper.HEARING)
    assert offered(given(s.accepted()).when(hearing).history()) == {"SuspendClocks", "ResumeClocks", "ExtendLimit", "Withdraw"}
    held = offered(given(s.examining()).when(hearing).history(), by="examiner-1")
    assert held == {"HandOver", "SuspendClocks", "ResumeClocks", "ExtendLimit", "Withdraw"}
