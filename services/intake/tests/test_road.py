"""The road of the promised kind through `decide`, act by act and phase by phase: in turn, already so, or refused with the code of the phase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import pytest

from services.intake.case import Command
from services.intake.case.phase import ENDS, Phase
from services.intake.case.roads import turn
from services.intake.case.roads.promised import PROMISED
from services.intake.events import PinnedStep
from services.intake.tests import stories as s
from services.intake.tests.stories import given

TURN, SO, ENDED = "in turn", "already so", "ended"
TOLD = (s.request_corrections(), s.return_corrections("承诺书"))
EXAMINED = (s.start_step(), s.examine())
APPROVED = (*EXAMINED, s.start_approving(), s.approve())
WALK: Final[dict[Phase, Sequence[Command]]] = {
    Phase.FILED: (),
    Phase.CORRECTING: TOLD[:1],
    Phase.INCOMPLETE: TOLD,
    Phase.ACCEPTED: (s.accept(),),
    Phase.EXAMINED: (s.accept(), *EXAMINED),
    Phase.APPROVED: (s.accept(), *APPROVED),
    Phase.DECIDED: (s.accept(), *APPROVED, s.decide()),
    Phase.DELIVERED: (s.accept(), *APPROVED, s.decide(), s.deliver()),
    Phase.NOT_ACCEPTED: (s.refuse_acceptance(),),
    Phase.WITHDRAWN: (s.withdraw(),),
    Phase.CLOSED: (s.accept(), *APPROVED, s.decide(), s.deliver(), s.close()),
}
"""How a case comes to stand in each phase: the eight it walks through, and the three ends."""
OPEN = ["not-yet-accepted"] * 3
WORK = [*OPEN, TURN, TURN, TURN, *["already-decided"] * 2, *[ENDED] * 3]
TAKEN_UP = ["already-accepted"] * 5


class Line(NamedTuple):
    """An act that its topic lets pass whenever it is in turn; `before` makes it so, and leaves the phase where it is.

    `visits`: whether the procedure has a site visit where the case stands.
    """

    act: Command
    answers: Sequence[str]
    before: Sequence[Command] = ()
    visits: bool = False


ROAD: Final[Sequence[Line]] = [
    Line(s.accept("2007-03-15"), [TURN, *["told-to-correct"] * 2, *[SO] * 5, *[ENDED] * 3]),
    Line(s.refuse_acceptance(), [TURN, *["told-to-correct"] * 2, *TAKEN_UP, SO, *[ENDED] * 2]),
    Line(s.deem_accepted("2007-04-30"), [SO] * 11),
    Line(s.request_corrections("承诺书"), [TURN, "already-told-once", TURN, *TAKEN_UP, *[ENDED] * 3]),
    Line(s.return_corrections(), ["corrections-not-told", TURN, TURN, *TAKEN_UP, *[ENDED] * 3]),
    Line(s.start_step("现场核查"), WORK, visits=True),
    Line(s.hand_over(), WORK, before=[s.start_step("现场核查")], visits=True),
    Line(s.finish_step("现场核查", second="examiner-2"), WORK, before=[s.start_step("现场核查")], visits=True),
    Line(
        s.send_back(),
        [*OPEN, "not-examined", TURN, "already-approved", *["already-decided"] * 2, *[ENDED] * 3],
        before=[s.start_approving()],
    ),
    Line(s.suspend(), [*OPEN, TURN, TURN, "already-approved", *["already-decided"] * 2, *[ENDED] * 3]),
    Line(s.resume(), WORK, before=[s.suspend()]),
    Line(s.call_off(), WORK, before=[s.suspend(first="2007-03-26")]),
    Line(s.extend(), WORK),
    Line(s.decide(document="宜水许〔2007〕6号"), [*["not-approved"] * 5, TURN, *["already-decided"] * 2, *[ENDED] * 3]),
    Line(s.deliver(receipt="宜水达〔2007〕6号"), [*["not-decided"] * 6, TURN, "already-delivered", *[ENDED] * 3]),
    Line(s.withdraw(), [*[TURN] * 6, *["already-decided"] * 2, ENDED, SO, ENDED]),
    Line(s.close(), [*["not-delivered"] * 7, TURN, TURN, TURN, SO]),
]


def procedure(phase: Phase, *, visits: bool) -> Sequence[PinnedStep]:
    """An examining and an approving step; with a visit, if wanted, behind those that are done when a case stands in `phase`."""
    steps = [s.REVIEW, s.SIGN]
    done = {Phase.EXAMINED: 1, Phase.APPROVED: 2}.get(phase, 0)
    if visits and phase in (Phase.ACCEPTED, Phase.EXAMINED, Phase.APPROVED):
        steps.insert(done, s.SITE_VISIT)
    return steps


def standing(phase: Phase, before: Sequence[Command] = (), *, visits: bool = False) -> s.Told:
    """A case that came to stand in `phase`; what is done `before` the act is told as another system's record would have it.

    The law of its procedure makes nothing of silence.
    """
    silent = replace(s.pinned(*procedure(phase, visits=visits)), silence_accepts=False)
    told = given().when(s.file(procedure=silent)).history()
    for command in (*WALK[phase], *map(s.imported, before)):
        told = given(told).when(command).history()
    assert given(told).state.phase is phase
    return told


def answer(line: Line, phase: Phase) -> str:
    """What the rules answer."""
    happened = given(standing(phase, line.before, visits=line.visits)).when(line.act)
    return happened.refusal.code if happened.refusal else TURN if happened.events else SO


@pytest.mark.parametrize("line", ROAD, ids=lambda line: type(line.act).__name__)
def test_an_act_is_in_turn_already_so_or_refused_with_the_code_of_its_phase(line: Line) -> None:
    assert [answer(line, phase) for phase in WALK] == list(line.answers)


def test_the_whole_road_is_looked_at() -> None:
    assert [type(line.act) for line in ROAD] == list(PROMISED)
    assert list(WALK) == [phase for phase in Phase if phase is not Phase.NONE]


@pytest.mark.parametrize("act", [line.act for line in ROAD], ids=lambda act: type(act).__name__)
def test_the_road_begins_with_the_filing(act: Command) -> None:
    given().when(act).refused("unknown-case")
    given().when(s.imported(act)).refused("unknown-case")


@pytest.mark.parametrize("phase", WALK)
def test_a_road_is_begun_once(phase: Phase) -> None:
    given(standing(phase)).when(s.file()).refused("number-taken")
    given(standing(phase)).when(s.imported(s.file())).refused("number-taken")


def test_a_case_worked_on_without_acceptance_is_not_accepted_any_more() -> None:
    """Only another system's record has such a case."""
    given(s.went_on([s.imported(s.decide())])).when(s.accept()).refused("already-accepted")


def test_a_turn_has_codes_before_it_behind_it_and_at_the_ends_and_none_where_nothing_asks_for_one() -> None:
    ends = dict.fromkeys(ENDS, "ended")
    both = turn(Phase.EXAMINED, early="not-examined", late="already-approved", instead={Phase.FILED: "not-yet-accepted"})
    assert {code: {phase for phase, own in both.codes.items() if own == code} for code in both.codes.values()} == {
        "not-yet-accepted": {Phase.FILED},
        "not-examined": {Phase.CORRECTING, Phase.INCOMPLETE, Phase.ACCEPTED},
        "already-approved": {Phase.APPROVED, Phase.DECIDED, Phase.DELIVERED},
        "ended": set(ENDS),
    }
    assert turn(Phase.FILED).codes == ends
    assert turn(Phase.DELIVERED, Phase.WITHDRAWN, early="not-delivered").codes.keys() == set(WALK) - {Phase.DELIVERED, Phase.WITHDRAWN}
