"""送达: the result is handed over, provably (行政许可法 Art. 44)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from libs.decider import record
from services.intake.case.act import Act, Acts, Asked, said
from services.intake.events import CaseEvent, Channel, ResultDelivered
from services.intake.law import refused

if TYPE_CHECKING:
    from services.intake.case import Case

DELIVERIES: Final = frozenset({Channel.COUNTER, Channel.POST, Channel.PORTAL})
"""The channels by which a result can be handed over; what is told by another is not in the applicant's hands."""


@record
class Deliver(Asked):
    """送达: the applicant has the result; `how` says by which channel, `receipt` is the number of what proves it."""

    how: Channel
    receipt: str


Command = Deliver


def fold(delivered: ResultDelivered | None, event: CaseEvent) -> ResultDelivered | None:
    """The delivery, once there is one, after `event`."""
    return event if isinstance(event, ResultDelivered) else delivered


def already_delivered(c: Deliver, case: Case) -> bool:
    """Whether the result was handed over so, against the same receipt."""
    return case.delivered is not None and (case.delivered.how, case.delivered.receipt) == (c.how, c.receipt)


def may_deliver(c: Deliver, case: Case) -> None:
    """Raises `Refused` for a channel that hands nothing over or that the procedure does not offer, or where no receipt proves it."""
    if c.how not in DELIVERIES:
        raise refused("no-delivery")
    if case.pinned is None or c.how not in case.pinned.delivery:
        raise refused("delivery-not-offered")
    if not c.receipt.strip():
        raise refused("no-receipt")


def delivered(c: Deliver, _case: Case) -> ResultDelivered:
    """The fact that the result is in the applicant's hands."""
    return ResultDelivered(**said(c), how=c.how, receipt=c.receipt)


ACTS: Final[Acts] = {Deliver: Act(may_deliver, delivered, already_delivered)}
