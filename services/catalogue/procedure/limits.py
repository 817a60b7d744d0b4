"""The limits of a procedure, in working days: whole, in keeping with its kind, and within the bounds of its regime (Art. 32, 42, 44)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.catalogue.events import CaseKind, ProcedurePublished
from services.catalogue.law import refused

if TYPE_CHECKING:
    from libs.contracts import Regime

LICENCE: Final = "licence"
"""The regime of the Licensing Law, whose articles are named when it is one of them that a limit exceeds."""


def check_limits(told: ProcedurePublished, law: Regime) -> None:
    """Refuses limits that cannot be, that do not fit the kind, or that are outside the bounds of `law`."""
    _of_its_kind(told)
    _a_day_at_least(told)
    if told.promised_days > told.statutory_days:
        raise refused("promised-over-statutory")
    if told.regime == LICENCE:
        _of_the_licensing_law(told, law)
    else:
        _of_another_regime(told, law)


def _of_its_kind(told: ProcedurePublished) -> None:
    if told.kind is CaseKind.IMMEDIATE and told.promised_days > 0:
        raise refused("immediate-with-limit")
    if told.kind is CaseKind.PROMISED and told.promised_days < 1:
        raise refused("promise-without-limit")


def _a_day_at_least(told: ProcedurePublished) -> None:
    """Zero days of silence would accept at the next midnight, a step of zero days be late as soon as it is taken up."""
    steps = [step.limit_days for step in told.steps if step.limit_days is not None]
    caps = [stop.cap_days for stop in told.suspensions]
    remedies = (told.remedies.reconsider_days, told.remedies.sue_months) if told.remedies else ()
    days = (told.statutory_days, told.delivery_days, told.correction_days, *steps, *caps, *remedies)
    if min(days) < 1 or min(told.promised_days, told.extension_days) < 0:
        raise refused("limit-below-one")


def _of_the_licensing_law(told: ProcedurePublished, law: Regime) -> None:
    """A special law may set two of the limits (Art. 42); those of Art. 32 and 44 admit none."""
    if told.statutory_days > law.decision[1] and not told.special.statutory_days:
        raise refused("statutory-over-20", most=law.decision[1])
    if told.extension_days > law.extension and not told.special.extension_days:
        raise refused("extension-over-10", most=law.extension)
    if told.delivery_days > law.delivery[1]:
        raise refused("delivery-over-10", most=law.delivery[1])
    if told.correction_days > law.telling[1]:
        raise refused("correction-over-5", most=law.telling[1])


def _of_another_regime(told: ProcedurePublished, law: Regime) -> None:
    bounds = [("送达期限", told.delivery_days, law.delivery), ("一次告知期限", told.correction_days, law.telling)]
    if not told.special.statutory_days:
        bounds.append(("法定时限", told.statutory_days, law.decision))
    for limit, days, (least, most) in bounds:
        if not least <= days <= most:
            raise refused("limit-outside-regime", limit=limit, least=least, most=most)
    if told.extension_days > law.extension and not told.special.extension_days:
        raise refused("extension-outside-regime", most=law.extension)
