"""The rules of a case of the promised kind (承诺件), from filing to close: 行政许可法 Art. 29–45 and the policies in docs/policies.md.

Each rule is asked about a command and a state: it says yes (True), "already so" (False), or raises `Refused`.
Rules bind acts done here and now; imported acts are kept as given (decision 0010). What follows from a yes: case_facts.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, assert_never

from libs.decider import Decider, Refused
from services.intake.case_commands import (
    Accept,
    Approve,
    Close,
    Command,
    Decide,
    DeemAccepted,
    Deliver,
    Examine,
    ExtendLimit,
    File,
    FinishStep,
    RefuseAcceptance,
    RequestCorrections,
    ResumeClocks,
    ReturnCorrections,
    StartStep,
    SuspendClocks,
    Withdraw,
)
from services.intake.case_facts import facts
from services.intake.case_limits import day_of, limit_passed, silence_passed
from services.intake.case_state import Case, Phase, evolve
from services.intake.case_turns import ENDS, UNKNOWN, in_turn
from services.intake.case_words import refuse_personal
from services.intake.events import CaseEvent, Channel, Outcome, StepRole

PROMISED: Final = "promised"


def decide(command: Command, case: Case) -> Sequence[CaseEvent]:
    """The facts that follow from `command`; none when it is already so. Raises `Refused`."""
    refuse_personal(command)
    if isinstance(command, File) and case.phase is not Phase.NONE:
        raise Refused("number-taken", "这个办件编号已经使用（P-case-number）")
    if not isinstance(command, File) and case.phase is Phase.NONE:
        raise Refused(*UNKNOWN)
    if not command.imported and not _allowed(command, case):
        return []
    return facts(command, case)


def _allowed(command: Command, case: Case) -> bool:
    match command:
        case File():
            return _file(command)
        case Accept():
            return _accept(command, case)
        case RefuseAcceptance():
            return _refuse_acceptance(command, case)
        case RequestCorrections():
            return _request_corrections(command, case)
        case ReturnCorrections():
            return _return_corrections(command, case)
        case DeemAccepted():
            return case.phase in (Phase.FILED, Phase.RETURNED) and silence_passed(case, command.at, command.calendar)
        case StartStep():
            return _start_step(command, case)
        case FinishStep():
            return _finish_step(command, case)
        case SuspendClocks():
            return _suspend(command, case)
        case ResumeClocks():
            return _resume(command, case)
        case ExtendLimit():
            return _extend(command, case)
        case Examine():
            return _examine(command, case)
        case Approve():
            return _approve(command, case)
        case Decide():
            return _decide(command, case)
        case Deliver():
            return _deliver(command, case)
        case Withdraw():
            return _end(command, case, Phase.WITHDRAWN)
        case Close():
            return _end(command, case, Phase.CLOSED)
        case _:
            assert_never(command)


# --- filing and taking up ---------------------------------------------------------------------------------------------------------


def _file(c: File) -> bool:
    if c.pinned.kind != PROMISED:
        raise Refused("kind-not-offered", "目前只办理承诺件（P-kinds-offered）")
    if c.channel is Channel.INTERNAL:
        raise Refused("internal-is-for-imports", "内部渠道只用于导入的办件（P-imported-acts）")
    return True


def _accept(c: Accept, case: Case) -> bool:
    if case.effective is not None and case.phase not in ENDS:
        return False
    in_turn(c, case)
    return True


def _refuse_acceptance(c: RefuseAcceptance, case: Case) -> bool:
    if case.phase is Phase.NOT_ACCEPTED:
        return False
    if case.missing and case.effective is None and case.phase not in ENDS:
        raise Refused("told-to-correct", "已经告知补正的，补正齐全即应当受理（行政许可法第三十二条第一款第五项）")
    in_turn(c, case)
    if silence_passed(case, c.at, c.calendar):
        raise Refused("silence-was-acceptance", "逾期不告知的，自收到申请材料之日起即为受理（行政许可法第三十二条第一款第四项）")
    return True


def _request_corrections(c: RequestCorrections, case: Case) -> bool:
    if case.phase is Phase.CORRECTING and set(c.missing) == set(case.missing):
        return False
    if case.phase is Phase.CORRECTING or (case.phase is Phase.RETURNED and not set(c.missing) <= set(case.missing)):
        raise Refused("already-told-once", "应当一次告知需要补正的全部内容（行政许可法第三十二条第一款第四项）")
    in_turn(c, case)
    if not c.missing:
        raise Refused("nothing-named", "补正告知应当写明需要补正的内容（行政许可法第三十二条第一款第四项）")
    if silence_passed(case, c.at, c.calendar):
        raise Refused("silence-was-acceptance", "逾期不告知的，自收到申请材料之日起即为受理（行政许可法第三十二条第一款第四项）")
    return True


def _return_corrections(c: ReturnCorrections, case: Case) -> bool:
    in_turn(c, case)
    if not set(c.still_missing) <= set(case.missing):
        raise Refused("already-told-once", "不得要求补正告知以外的内容（行政许可法第三十二条第一款第四项）")
    return True


# --- working --------------------------------------------------------------------------------------------------------------------------


def _start_step(c: StartStep, case: Case) -> bool:
    if case.step is not None and (case.step.name, case.step.officer) == (c.name, c.officer):
        return False
    in_turn(c, case)
    if case.step is not None:
        raise Refused("step-in-hand", "上一环节尚未完成（P-steps-in-order）")
    if case.next_step is None or case.next_step.name != c.name:
        raise Refused("out-of-order", "应当按照实施办法规定的环节顺序办理（P-steps-in-order）")
    _two_persons(case, case.next_step.role, c.officer)
    return True


def _finish_step(c: FinishStep, case: Case) -> bool:
    last = case.done[-1] if case.done else None
    if case.step is None and last is not None and (last.name, last.officer) == (c.name, c.officer):
        return False
    in_turn(c, case)
    if case.step is None or case.next_step is None or case.step.name != c.name:
        raise Refused("step-not-started", "这一环节尚未开始（P-steps-in-order）")
    if case.next_step.two_officers and c.second_officer in ("", c.officer):
        raise Refused("needs-two-officers", "核实实质内容应当指派两名以上工作人员（行政许可法第三十四条第三款）")
    _two_persons(case, case.next_step.role, c.officer, c.second_officer)
    return True


def _two_persons(case: Case, role: StepRole, *officers: str) -> None:
    """一审一核: who examined does not approve, who approved does not examine."""
    others = {StepRole.EXAMINE: case.approvers, StepRole.APPROVE: case.examiners, StepRole.WORK: frozenset[str]()}[role]
    if others.intersection(officers):
        raise Refused("same-officer", "审查人与核准人不得为同一人（P-two-persons，一审一核）")


def _suspend(c: SuspendClocks, case: Case) -> bool:
    if case.suspended is not None and case.suspended.first == c.first:
        return False
    in_turn(c, case)
    if case.suspended is not None:
        raise Refused("already-suspended", "已有依法不计时的程序在进行（行政许可法第四十五条）")
    if not c.notice or c.notified > c.first or c.notified > day_of(c.at):
        raise Refused("not-notified", "所需时间应当在首日或之前书面告知申请人，否则照常计时（行政许可法第四十五条，P-notice-before-stop）")
    return True


def _resume(c: ResumeClocks, case: Case) -> bool:
    if case.suspended is None and case.stops and case.stops[-1].last == c.last:
        return False
    in_turn(c, case)
    if case.suspended is None:
        raise Refused("not-suspended", "没有依法不计时的程序在进行（行政许可法第四十五条）")
    if not case.suspended.first <= c.last <= day_of(c.at):
        raise Refused("last-day-wrong", "末日应当在首日与今日之间（行政许可法第四十五条，P-notice-before-stop）")
    return True


def _extend(c: ExtendLimit, case: Case) -> bool:
    if case.extended is not None and (case.extended.days, case.extended.document) == (c.days, c.document):
        return False
    in_turn(c, case)
    if case.extended is not None:
        raise Refused("extended-once", "期限只能延长一次（行政许可法第四十二条）")
    if case.pinned is None or not 0 < c.days <= case.pinned.extension_days:
        raise Refused("too-long", "延长天数超过实施办法规定（行政许可法第四十二条）")
    if not c.head or not c.document:
        raise Refused("no-head", "延长期限应当经行政机关负责人批准（行政许可法第四十二条）")
    if c.told > day_of(c.at):
        raise Refused("not-told", "应当将延长期限的理由告知申请人（行政许可法第四十二条）")
    if limit_passed(case, c.at, c.calendar):
        raise Refused("limit-passed", "期限届满后不能延长（行政许可法第四十二条）")
    return True


# --- deciding and ending ------------------------------------------------------------------------------------------------------------


def _examine(c: Examine, case: Case) -> bool:
    if case.examined is not None and (case.examined.officer, case.examined.recommends) == (c.officer, c.recommends):
        return False
    in_turn(c, case)
    _stated(c.recommends)
    if case.next_step is not None and case.next_step.role is not StepRole.APPROVE:
        raise Refused("steps-open", "实施办法规定的环节尚未完成（P-steps-in-order）")
    _two_persons(case, StepRole.EXAMINE, c.officer)
    return True


def _approve(c: Approve, case: Case) -> bool:
    if case.approved is not None and (case.approved.officer, case.approved.outcome) == (c.officer, c.outcome):
        return False
    in_turn(c, case)
    _stated(c.outcome)
    if case.next_step is not None:
        raise Refused("steps-open", "实施办法规定的环节尚未完成（P-steps-in-order）")
    _two_persons(case, StepRole.APPROVE, c.officer)
    return True


def _decide(c: Decide, case: Case) -> bool:
    if case.decided is not None and (case.decided.outcome, case.decided.document) == (c.outcome, c.document):
        return False
    in_turn(c, case)
    if case.suspended is not None:
        raise Refused("suspended", "依法不计时的程序尚未结束（行政许可法第四十五条，P-notice-before-stop）")
    if case.approved is None or case.approved.outcome is not c.outcome:
        raise Refused("not-as-approved", "决定应当与核准意见一致（P-examine-approve）")
    if not c.document:
        raise Refused("no-document", "应当作出书面决定（行政许可法第三十八条）")
    if c.outcome is Outcome.REFUSED and not c.reasons:
        raise Refused("no-reasons", "不予许可的，应当说明理由（行政许可法第三十八条第二款）")
    _two_persons(case, StepRole.APPROVE, c.officer)
    return True


def _stated(outcome: Outcome) -> None:
    if outcome is Outcome.NOT_STATED:
        raise Refused("no-outcome", "结论应当是准予或不予（行政许可法第三十八条）")


def _deliver(c: Deliver, case: Case) -> bool:
    if case.phase is Phase.DELIVERED:
        return False
    in_turn(c, case)
    if c.how is Channel.INTERNAL:
        raise Refused("internal-is-for-imports", "内部渠道只用于导入的办件（P-imported-acts）")
    return True


def _end(c: Withdraw | Close, case: Case, end: Phase) -> bool:
    if case.phase is end:
        return False
    in_turn(c, case)
    return True


CASE: Final[Decider[Command, Case, CaseEvent]] = Decider(initial=Case(), decide=decide, evolve=evolve)
