"""The road of the promised kind, act by act and phase by phase: what is in turn, and with which code everything else is refused."""

from __future__ import annotations

import pytest

from services.intake.case.acceptance import Accept, DeemAccepted, RefuseAcceptance
from services.intake.case.corrections import RequestCorrections, ReturnCorrections
from services.intake.case.decision import Decide
from services.intake.case.delivery import Deliver
from services.intake.case.ending import Close, Withdraw
from services.intake.case.examination import Approve, Examine
from services.intake.case.extension import ExtendLimit
from services.intake.case.phase import Phase
from services.intake.case.roads import in_turn, turn
from services.intake.case.roads.promised import PROMISED
from services.intake.case.steps import FinishStep, StartStep
from services.intake.case.suspension import ResumeClocks, SuspendClocks
from services.intake.tests.refusals import code_of

YES = "yes"
WALK = (
    Phase.FILED,
    Phase.CORRECTING,
    Phase.INCOMPLETE,
    Phase.ACCEPTED,
    Phase.EXAMINED,
    Phase.APPROVED,
    Phase.DECIDED,
    Phase.DELIVERED,
)
"""The phases a case walks through; after them come the ends."""
BEFORE = ["not-yet-accepted"] * 3
AFTER = ["already-decided"] * 2
TAKEN_UP = ["already-accepted"] * 5
WORK = [*BEFORE, YES, YES, YES, *AFTER]
ROAD: dict[type[object], list[str]] = {
    Accept: [YES, YES, YES, *TAKEN_UP],
    RefuseAcceptance: [YES, "told-to-correct", "told-to-correct", *TAKEN_UP],
    DeemAccepted: [YES, "already-accepted", YES, *TAKEN_UP],
    RequestCorrections: [YES, "already-told-once", YES, *TAKEN_UP],
    ReturnCorrections: ["not-told", YES, YES, *TAKEN_UP],
    StartStep: WORK,
    FinishStep: WORK,
    SuspendClocks: WORK,
    ResumeClocks: WORK,
    ExtendLimit: WORK,
    Examine: [*BEFORE, YES, *["already-examined"] * 4],
    Approve: [*["not-examined"] * 4, YES, *["already-approved"] * 3],
    Decide: [*["not-approved"] * 5, YES, *AFTER],
    Deliver: [*["not-decided"] * 6, YES, "ended"],
    Withdraw: [YES] * 6 + AFTER,
    Close: [*["not-delivered"] * 7, YES],
}


@pytest.mark.parametrize("command", ROAD, ids=lambda command: command.__name__)
def test_an_act_is_in_turn_or_refused_with_the_code_of_its_phase(command: type[object]) -> None:
    assert [asked(command, phase) for phase in WALK] == ROAD[command]


@pytest.mark.parametrize("command", ROAD, ids=lambda command: command.__name__)
def test_what_ended_is_at_most_closed(command: type[object]) -> None:
    at_an_end = YES if command is Close else "ended"
    assert [asked(command, phase) for phase in (Phase.NOT_ACCEPTED, Phase.WITHDRAWN)] == [at_an_end] * 2
    assert asked(command, Phase.CLOSED) == "ended"


def test_the_whole_road_is_looked_at() -> None:
    assert {command.__name__ for command in PROMISED} - {"File"} == {command.__name__ for command in ROAD}


def test_a_turn_without_codes_of_its_own_goes_from_the_filing_to_the_end() -> None:
    road = {Close: turn(Phase.ACCEPTED)}
    assert code_of(in_turn, road, Close, Phase.NONE) == "unknown-case"
    assert code_of(in_turn, road, Close, Phase.DELIVERED) == "ended"


def asked(command: type[object], phase: Phase) -> str:
    return code_of(in_turn, PROMISED, command, phase) or YES
