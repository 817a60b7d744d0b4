"""延长: the statutory limit, extended once, by the agency's head, the applicant told, before it passes (行政许可法 Art. 42)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from libs.decider import record
from libs.workdays import Calendar, Ledger, Stop, WorkingDays
from services.intake.case.act import Act, Acts, Asked, said
from services.intake.case.days import day_of, passed
from services.intake.events import CaseEvent, LimitExtended
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case


@record
class ExtendLimit(Asked):
    """延长: the statutory limit is extended by `days` working days, approved by `head` in `document`, the applicant told on `told`."""

    days: int
    head: str
    document: str
    told: date


Command = ExtendLimit


def fold(extended: LimitExtended | None, event: CaseEvent) -> LimitExtended | None:
    """The extension, once there is one, after `event`."""
    return event if isinstance(event, LimitExtended) else extended


def limit_passed(case: Case, at: datetime, calendar: Calendar) -> bool:
    """Whether, at `at`, the statutory limit has passed; not while a procedure of Art. 45 runs."""
    effective = case.taking_up.effective
    if case.pinned is None or effective is None:
        return False
    stops = tuple(Stop(one.first, one.last) for one in case.suspensions.all if one.last is None or one.first <= one.last)
    return passed(Ledger(effective, WorkingDays(case.pinned.statutory_days), stops), at, calendar)


def already_extended(c: ExtendLimit, case: Case) -> bool:
    """Whether the limit was extended by the same document, by as many days."""
    return case.extended is not None and (case.extended.days, case.extended.document) == (c.days, c.document)


def may_extend(c: ExtendLimit, case: Case) -> None:
    """Raises `Refused` unless it is the first extension, within what the procedure allows, by the head, told, and before the limit passes."""
    if case.extended is not None:
        raise refused("extended-once")
    if case.pinned is None or not 0 < c.days <= case.pinned.extension_days:
        raise refused("too-long")
    if not c.head or not c.document:
        raise refused("no-head")
    if c.told > day_of(c.at):
        raise refused("extension-not-told")
    if limit_passed(case, c.at, c.calendar):
        raise refused("limit-passed")


def extended(c: ExtendLimit, case: Case) -> LimitExtended:
    """The fact that the statutory limit is extended."""
    moves = case.pinned is not None and case.pinned.extension_moves_promise
    return LimitExtended(**said(c), days=c.days, moves_promise=moves, head=c.head, document=c.document, told=c.told)


ACTS: Final[Acts] = {ExtendLimit: Act(may_extend, extended, already_extended, lambda case: case.extended is None)}
