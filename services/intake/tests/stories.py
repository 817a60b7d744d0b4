"""Cases as they come about: every story is told by commands, so none can be impossible."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import date

from libs.decider import Refused
from libs.testkit.given import Given
from services.intake.case import CASE, Command
from services.intake.case.acceptance import Accept, DeemAccepted, RefuseAcceptance
from services.intake.case.corrections import RequestCorrections, ReturnCorrections
from services.intake.case.decision import Decide
from services.intake.case.delivery import Deliver
from services.intake.case.ending import Close, Withdraw
from services.intake.case.extension import ExtendLimit
from services.intake.case.filing import File
from services.intake.case.finishing import FinishStep, SendBack
from services.intake.case.steps import HandOver, StartStep
from services.intake.case.suspension import CallOffSuspension, ResumeClocks, SuspendClocks
from services.intake.events import (
    AcceptedBy,
    CaseAccepted,
    CaseEvent,
    Channel,
    Outcome,
    Pinned,
    PinnedStep,
    RightAgency,
    StepFellDue,
    StepRole,
    Stopper,
    WhyDeclined,
)
from services.intake.tests.asking import CALENDAR as CALENDAR
from services.intake.tests.asking import EVERYTHING as EVERYTHING
from services.intake.tests.asking import HERE as HERE
from services.intake.tests.asking import KEPT as KEPT
from services.intake.tests.asking import LI as LI
from services.intake.tests.asking import NUMBER as NUMBER
from services.intake.tests.asking import asked as asked
from services.intake.tests.asking import at as at
from services.intake.tests.asking import offered as offered
from services.intake.tests.procedures import ISSUE as ISSUE
from services.intake.tests.procedures import REMEDIES as REMEDIES
from services.intake.tests.procedures import REVIEW as REVIEW
from services.intake.tests.procedures import SIGN as SIGN
from services.intake.tests.procedures import SITE_VISIT as SITE_VISIT
from services.intake.tests.procedures import pinned as pinned

given = Given(CASE)
Told = list[CaseEvent]
ANOTHER = RightAgency(uscc="11511525008792022Y", name="高县农业农村局")
"""An agency that is not the department of the procedure."""


def file(on: str = "2007-03-05", procedure: Pinned | None = None, channel: Channel = Channel.COUNTER) -> File:
    """Monday 5 March 2007 unless said otherwise; no holiday is near."""
    return File(
        **HERE,
        node="511525",
        pinned=procedure or pinned(),
        channel=channel,
        applicants=(LI,),
        known=(KEPT,),
        materials=("申请书",),
        officer="clerk-1",
        at=at(on),
    )


def accept(on: str = "2007-03-06") -> Accept:
    return Accept(**HERE, officer="clerk-1", at=at(on))


def refuse_acceptance(on: str = "2007-03-06") -> RefuseAcceptance:
    return RefuseAcceptance(
        **HERE,
        officer="clerk-1",
        at=at(on),
        reason=WhyDeclined.NOT_OURS,
        explanation="不属于本机关职权范围",
        agency=ANOTHER,
        agency_valid=True,
    )


def request_corrections(*missing: str, on: str = "2007-03-06") -> RequestCorrections:
    return RequestCorrections(**HERE, officer="clerk-1", at=at(on), missing=missing or ("平面图", "承诺书"))


def return_corrections(*still_missing: str, on: str = "2007-03-14", waived: tuple[str, ...] = (), reasons: str = "") -> ReturnCorrections:
    return ReturnCorrections(
        **HERE,
        officer="clerk-1",
        at=at(on),
        still_missing=still_missing,
        waived=waived,
        reasons=reasons,
    )


def deem_accepted(on: str, time: str = "00:00") -> DeemAccepted:
    return DeemAccepted(**HERE, officer="system:intake", at=at(on, time))


def start_step(name: str = "审查", officer: str = "examiner-1", on: str = "2007-03-07") -> StartStep:
    return StartStep(**HERE, officer=officer, at=at(on), name=name)


def start_approving(officer: str = "approver-1") -> StartStep:
    return start_step("核准", officer, on="2007-03-21")


def hand_over(to: str = "examiner-2", officer: str = "examiner-1", reasons: str = "经办人休假") -> HandOver:
    return HandOver(**HERE, officer=officer, at=at("2007-03-08"), to=to, reasons=reasons, to_grants=EVERYTHING)


def finish_step(name: str, officer: str = "examiner-1", second: str = "", on: str = "2007-03-08") -> FinishStep:
    """A step of plain work."""
    asked = FinishStep(**HERE, officer=officer, at=at(on, "11:00"), name=name, second_officer=second)
    return replace(asked, second_known=True)


def send_back(officer: str = "approver-1", reasons: str = "未核对取水量") -> SendBack:
    return SendBack(**HERE, officer=officer, at=at("2007-03-21", "15:00"), reasons=reasons)


def suspend(
    first: str = "2007-03-12", notified: str = "2007-03-12", notice: str = "宜水函〔2007〕8号", on: str = "2007-03-12"
) -> SuspendClocks:
    return SuspendClocks(
        **HERE,
        officer="approver-1",
        at=at(on),
        reason=Stopper.INSPECTION,
        expected_days=5,
        notice=notice,
        notified=date.fromisoformat(notified),
        first=date.fromisoformat(first),
    )


def resume(last: str = "2007-03-16", on: str = "2007-03-19", number: int = 1) -> ResumeClocks:
    return ResumeClocks(**HERE, officer="approver-1", at=at(on), number=number, last=date.fromisoformat(last))


def call_off(number: int = 1, on: str = "2007-03-13", reasons: str = "申请人已提交检验报告") -> CallOffSuspension:
    return CallOffSuspension(**HERE, officer="approver-1", at=at(on), number=number, reasons=reasons)


def extend(days: int = 10, head: str = "head-1", told: str = "2007-03-28", on: str = "2007-03-28") -> ExtendLimit:
    return ExtendLimit(
        **HERE,
        officer="approver-1",
        at=at(on),
        days=days,
        head=head,
        document="宜水批〔2007〕3号",
        told=date.fromisoformat(told),
        reasons="需要专家论证",
    )


def examine(officer: str = "examiner-1", recommends: Outcome = Outcome.GRANTED, on: str = "2007-03-20") -> FinishStep:
    """The examining step is done, and with it the examination."""
    return FinishStep(**HERE, officer=officer, at=at(on), name="审查", recommends=recommends)


def approve(officer: str = "approver-1", outcome: Outcome = Outcome.GRANTED, reasons: str = "") -> FinishStep:
    """The approving step is done, and with it the approval."""
    asked = FinishStep(**HERE, officer=officer, at=at("2007-03-21", "11:00"), name="核准", outcome=outcome)
    return replace(asked, reasons=reasons)


def decide(
    outcome: Outcome = Outcome.GRANTED, document: str = "宜水许〔2007〕5号", reasons: str = "", officer: str = "approver-1"
) -> Decide:
    return Decide(
        **HERE,
        officer=officer,
        at=at("2007-03-22"),
        outcome=outcome,
        document=document,
        reasons=reasons,
    )


def deliver(how: Channel = Channel.COUNTER, receipt: str = "宜水达〔2007〕5号") -> Deliver:
    return Deliver(**HERE, officer="clerk-1", at=at("2007-03-23"), how=how, receipt=receipt)


def withdraw() -> Withdraw:
    return Withdraw(**HERE, officer="clerk-1", at=at("2007-03-22"))


def close() -> Close:
    return Close(**HERE, officer="clerk-1", at=at("2007-03-26"))


def imported(command: Command) -> Command:
    """The same act, taken from another system's record."""
    return replace(command, imported=True)


def accepted_by(by: AcceptedBy, effective: str, on: str, officer: str, time: str = "10:00") -> tuple[CaseEvent, ...]:
    """The facts of being taken up: the case is accepted, the first step is due."""
    taken_up = CaseAccepted(case=NUMBER, by=by, effective=at(effective), officer=officer, at=at(on, time))
    due = StepFellDue(
        case=NUMBER, number=1, name="审查", role=StepRole.EXAMINE, post="审查岗", limit_days=3, officer=officer, at=at(on, time)
    )
    return taken_up, due


def went_on(commands: Iterable[Command], *steps: PinnedStep) -> Told:
    """The history that these commands make of a case just filed; what is refused adds nothing."""
    history = filed(*steps)
    for command in commands:
        with suppress(Refused):
            history.extend(CASE.decide(command, CASE.fold(history)))
    return history


def filed(*steps: PinnedStep) -> Told:
    return given().when(file(procedure=pinned(*steps))).history()


def told_to_correct() -> Told:
    return given(filed()).when(request_corrections()).history()


def returned_incomplete() -> Told:
    return given(told_to_correct()).when(return_corrections("承诺书")).history()


def accepted(*steps: PinnedStep) -> Told:
    return given(filed(*steps)).when(accept()).history()


def visited() -> Told:
    story = given(accepted(SITE_VISIT, REVIEW, SIGN))
    return story.when(start_step("现场核查"), finish_step("现场核查", second="examiner-2")).history()


def reviewed() -> Told:
    return given(visited()).when(start_step(), examine()).history()


def suspended() -> Told:
    return given(accepted()).when(suspend()).history()


def announced() -> Told:
    """On the 12th, an inspection from the 26th of March on."""
    return given(accepted()).when(suspend(first="2007-03-26")).history()


def examining() -> Told:
    return given(accepted()).when(start_step()).history()


def examined(recommends: Outcome = Outcome.GRANTED, *steps: PinnedStep) -> Told:
    return given(accepted(*steps)).when(start_step(), examine(recommends=recommends)).history()


def approving() -> Told:
    return given(examined()).when(start_approving()).history()


def sent_back() -> Told:
    return given(approving()).when(send_back()).history()


def approved(outcome: Outcome = Outcome.GRANTED, *steps: PinnedStep) -> Told:
    return given(examined(outcome, *steps)).when(start_approving(), approve(outcome=outcome)).history()


def decided() -> Told:
    return given(approved()).when(decide()).history()


def delivered() -> Told:
    return given(decided()).when(deliver()).history()


def closed() -> Told:
    return given(delivered()).when(close()).history()


def all_stories() -> dict[str, Told]:
    """Every story above, by its name."""
    tellers = {name: tell for name, tell in globals().items() if getattr(tell, "__annotations__", {}).get("return") == "Told"}
    return {name: tell() for name, tell in tellers.items() if tell is not went_on}
