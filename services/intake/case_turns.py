"""When each command is in turn: the road of the promised kind, and the closed list of ways out of it (行政许可法 Art. 32, 38, 44)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from libs.decider import Refused, record
from services.intake.case_commands import (
    Accept,
    Approve,
    Close,
    Command,
    Decide,
    Deliver,
    Examine,
    ExtendLimit,
    FinishStep,
    RefuseAcceptance,
    RequestCorrections,
    ResumeClocks,
    ReturnCorrections,
    StartStep,
    SuspendClocks,
    Withdraw,
)
from services.intake.case_state import Case, Phase


@record
class Turn:
    """The phases a command may come in, and the refusal (code, sentence) it meets before and after them."""

    phases: frozenset[Phase]
    early: tuple[str, str]
    late: tuple[str, str]


def _turn(*phases: Phase, early: tuple[str, str], late: tuple[str, str]) -> Turn:
    return Turn(phases=frozenset(phases), early=early, late=late)


UNKNOWN: Final = ("unknown-case", "没有这个办件")
ENDED: Final = ("ended", "办件已经终结，不再办理（行政许可法第三十二条、第三十八条）")
ENDS: Final = frozenset({Phase.NOT_ACCEPTED, Phase.WITHDRAWN, Phase.CLOSED})
_NOT_ACCEPTED_YET = ("not-yet-accepted", "尚未受理，不能办理这一环节（行政许可法第三十二条）")
_ACCEPTED = ("already-accepted", "已经受理（行政许可法第三十二条第一款第五项）")
_DECIDED = ("already-decided", "已经作出决定（行政许可法第三十八条）")
_NOT_TOLD = ("not-told", "尚未告知补正（行政许可法第三十二条第一款第四项）")
_EXAMINED = ("already-examined", "已经审查（P-examine-approve）")
_NOT_EXAMINED = ("not-examined", "尚未审查，不能核准（P-examine-approve）")
_APPROVED = ("already-approved", "已经核准（P-examine-approve）")
_NOT_APPROVED = ("not-approved", "尚未核准，不能作出决定（P-examine-approve）")
_NOT_DECIDED = ("not-decided", "尚未作出决定，不能送达（行政许可法第四十四条）")
_DELIVERED = ("already-delivered", "已经送达（行政许可法第四十四条）")
_NOT_DELIVERED = ("not-delivered", "结果尚未送达，不能办结（行政许可法第四十四条）")

_BEFORE = (Phase.FILED, Phase.CORRECTING, Phase.RETURNED)
_OPEN = (Phase.ACCEPTED, Phase.EXAMINED, Phase.APPROVED)
_WORK = _turn(*_OPEN, early=_NOT_ACCEPTED_YET, late=_DECIDED)
_ORDER: Final = {phase: n for n, phase in enumerate(Phase)}

TURNS: Final[Mapping[type[Command], Turn]] = {
    Accept: _turn(*_BEFORE, early=UNKNOWN, late=_ACCEPTED),
    RefuseAcceptance: _turn(Phase.FILED, early=UNKNOWN, late=_ACCEPTED),
    RequestCorrections: _turn(Phase.FILED, Phase.RETURNED, early=UNKNOWN, late=_ACCEPTED),
    ReturnCorrections: _turn(Phase.CORRECTING, Phase.RETURNED, early=_NOT_TOLD, late=_ACCEPTED),
    StartStep: _WORK,
    FinishStep: _WORK,
    SuspendClocks: _WORK,
    ResumeClocks: _WORK,
    ExtendLimit: _WORK,
    Examine: _turn(Phase.ACCEPTED, early=_NOT_ACCEPTED_YET, late=_EXAMINED),
    Approve: _turn(Phase.EXAMINED, early=_NOT_EXAMINED, late=_APPROVED),
    Decide: _turn(Phase.APPROVED, early=_NOT_APPROVED, late=_DECIDED),
    Deliver: _turn(Phase.DECIDED, early=_NOT_DECIDED, late=_DELIVERED),
    Withdraw: _turn(*_BEFORE, *_OPEN, early=UNKNOWN, late=_DECIDED),
    Close: _turn(Phase.DELIVERED, Phase.NOT_ACCEPTED, Phase.WITHDRAWN, early=_NOT_DELIVERED, late=ENDED),
}


def in_turn(command: Command, case: Case) -> None:
    """Raises `Refused` where it is not this command's turn."""
    turn = TURNS[type(command)]
    if case.phase in turn.phases:
        return
    if case.phase in ENDS:
        raise Refused(*ENDED)
    early = _ORDER[case.phase] < min(_ORDER[phase] for phase in turn.phases)
    raise Refused(*(turn.early if early else turn.late))


def possible(case: Case) -> tuple[type[Command], ...]:
    """The commands whose turn it is; each may still be refused for what it says."""
    not_now: set[type[Command]] = {SuspendClocks, Decide} if case.suspended else {ResumeClocks}
    not_now |= {ExtendLimit} if case.extended else set()
    not_now |= {StartStep} if case.step or case.next_step is None else {FinishStep}
    if case.step is None:
        not_now.add(FinishStep)
    return tuple(kind for kind, turn in TURNS.items() if case.phase in turn.phases and kind not in not_now)
