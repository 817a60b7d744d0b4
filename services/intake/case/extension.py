"""延长: the statutory limit, extended once, by the agency's head, the applicant told why, before it passes (行政许可法 Art. 42)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.intake.case.act import Act, Acts, Asked, said
from services.intake.case.days import day_of
from services.intake.case.limit import limit_passed
from services.intake.case.two_persons import examiners, nobody, same_person
from services.intake.events import CaseEvent, LimitExtended
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class ExtendLimit(Asked):
    """延长: the statutory limit is extended by `days` working days, approved by `head` in `document`; the applicant was told the
    `reasons` on `told`.
    """

    days: int
    head: str
    document: str
    told: date
    reasons: str


Command = ExtendLimit


def fold(extended: LimitExtended | None, event: CaseEvent) -> LimitExtended | None:
    """The extension, once there is one, after `event`."""
    return event if isinstance(event, LimitExtended) else extended


def already_extended(c: ExtendLimit, case: Case) -> bool:
    """Whether the limit was extended so: by as many days, in the same document, by the same head, for the same reasons, told on the same day."""
    longer = case.extended
    if longer is None or not same_person(longer.head, c.head):
        return False
    return (longer.days, longer.document, longer.reasons, longer.told) == (c.days, c.document, c.reasons, c.told)


def may_extend(c: ExtendLimit, case: Case) -> None:
    """Raises `Refused` unless it is the first extension, within what the procedure allows, by the head, told, and before the limit passes."""
    if case.extended is not None:
        raise refused("extended-once")
    if case.pinned is None or not 0 < c.days <= case.pinned.extension_days:
        raise refused("too-long")
    _by_the_head(c, case)
    _told(c, case)
    if limit_passed(case, c.at, c.calendar):
        raise refused("limit-passed")


def _by_the_head(c: ExtendLimit, case: Case) -> None:
    if nobody(c.head) or not c.document.strip():
        raise refused("no-head")
    if any(same_person(c.head, other) for other in (c.officer, *examiners(case))):
        raise refused("head-not-apart")


def _told(c: ExtendLimit, case: Case) -> None:
    if not c.reasons.strip():
        raise refused("no-reasons")
    effective = case.taking_up.effective
    if c.told > day_of(c.at) or (effective is not None and c.told < day_of(effective)):
        raise refused("extension-not-told")


def extended(c: ExtendLimit, case: Case) -> LimitExtended:
    """The fact that the statutory limit is extended."""
    moves = case.pinned is not None and case.pinned.extension_moves_promise
    return LimitExtended(**said(c), days=c.days, moves_promise=moves, head=c.head, document=c.document, told=c.told, reasons=c.reasons)


def _extendable(c: Asked, case: Case) -> None:
    if case.extended is not None:
        raise refused("extended-once")
    if case.pinned is None or case.pinned.extension_days < 1:
        raise refused("too-long")
    if limit_passed(case, c.at, c.calendar):
        raise refused("limit-passed")


ACTS: Final[Acts] = {ExtendLimit: Act(may_extend, extended, already_extended, _extendable)}
