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
from services.intake.case.steps import StartStep
from services.intake.events import Outcome
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


def test_what_is_possible_is_what_is_in_turn() -> None:
    for story in (s.filed(), s.told_to_correct(), s.accepted(s.SITE_VISIT), s.examined(), s.approved(), s.decided(), s.delivered()):
        state = given(story).state
        assert possible(state)
        assert all(state.phase in PROMISED[command].phases for command in possible(state))
    assert possible(given(s.closed()).state) == ()
    assert possible(Case()) == ()
    assert StartStep in possible(given(s.accepted(s.SITE_VISIT)).state)
    assert StartStep not in possible(given(s.approved()).state)


def test_what_makes_no_sense_is_not_offered() -> None:
    def offered(story: s.Told) -> set[str]:
        return {command.__name__ for command in possible(given(story).state)}

    assert offered(s.accepted()) == {"StartStep", "SuspendClocks", "ExtendLimit", "Withdraw"}
    assert offered(s.suspended()) == {"StartStep", "ResumeClocks", "ExtendLimit", "Withdraw"}
    assert "ExtendLimit" not in offered(given(s.accepted()).when(s.extend()).history())
    assert "Decide" not in offered(given(s.approved()).when(s.suspend()).history())
    assert "Decide" not in offered(s.approved(Outcome.GRANTED, s.REVIEW, s.SIGN, s.ISSUE))
    of_steps = {"StartStep", "HandOver", "FinishStep", "SendBack"}
    assert offered(s.examining()) & of_steps == {"HandOver", "FinishStep"}
    assert offered(s.examined()) & of_steps == {"StartStep"}
    assert offered(s.approving()) & of_steps == {"HandOver", "FinishStep", "SendBack"}
    assert offered(s.approved()) & of_steps == set()
