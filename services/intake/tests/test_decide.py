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
from services.intake.events import Stopper
from services.intake.law import LAW
from services.intake.tests import stories as s
from services.intake.tests.stories import at, given

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


def offered(story: s.Told, on: str = "") -> set[str]:
    """What is offered on this day; on that of the last fact, if none is given."""
    return {command.__name__ for command in possible(given(story).state, at(on) if on else story[-1].at, s.CALENDAR)}


def test_what_is_possible_is_what_is_in_turn() -> None:
    for story in (s.filed(), s.told_to_correct(), s.accepted(s.SITE_VISIT), s.examined(), s.approved(), s.decided(), s.delivered()):
        state = given(story).state
        assert offered(story)
        assert offered(story) <= {command.__name__ for command, turn in PROMISED.items() if state.phase in turn.phases}
    assert offered(s.closed()) == set()
    assert possible(Case(), at("2007-03-05"), s.CALENDAR) == ()
    assert "StartStep" in offered(s.accepted(s.SITE_VISIT))
    assert "StartStep" not in offered(s.accepted())


def test_what_makes_no_sense_is_not_offered() -> None:
    assert offered(s.accepted()) == {"SuspendClocks", "ExtendLimit", "Examine", "Withdraw"}
    assert offered(s.accepted(), "2007-04-04") == {"Examine", "Withdraw"}
    assert "ExtendLimit" not in offered(given(s.accepted()).when(s.extend()).history())
    in_hand = offered(given(s.accepted(s.SITE_VISIT)).when(s.start_step("现场核查")).history())
    assert "FinishStep" in in_hand
    assert "StartStep" not in in_hand


def test_what_a_procedure_blocks_is_not_offered_while_it_runs() -> None:
    assert offered(s.suspended()) == {"SuspendClocks", "ResumeClocks", "ExtendLimit", "Examine", "Withdraw"}
    assert offered(s.announced()) == {"SuspendClocks", "CallOffSuspension", "ExtendLimit", "Examine", "Withdraw"}
    assert offered(s.announced(), "2007-03-26") == offered(s.suspended())
    announced = given(s.announced()).when(s.examine(), s.approve()).history()
    assert "Decide" in offered(announced, "2007-03-25")
    assert "Decide" not in offered(announced, "2007-03-26")
    hearing = given(s.visited()).when(replace(s.suspend(), reason=Stopper.HEARING)).history()
    assert offered(hearing) == {"SuspendClocks", "ResumeClocks", "ExtendLimit", "Withdraw"}
