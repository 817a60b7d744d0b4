"""The limits of a procedure, in working days: whole, in keeping with its kind, and no longer than the law's (Art. 32, 42, 44)."""

from __future__ import annotations

from services.catalogue.events import CaseKind, ProcedurePublished
from services.catalogue.law import refused


def check_limits(told: ProcedurePublished) -> None:
    """Refuses limits that cannot be, that do not fit the kind, or that the law does not allow. A special law sets limits of its own."""
    _whole(told)
    _of_its_kind(told)
    if told.promised_days > told.statutory_days:
        raise refused("promised-over-statutory")
    if told.regime == "licence" and not told.special_law.strip():
        _of_the_licensing_law(told)


def _whole(told: ProcedurePublished) -> None:
    days = (told.statutory_days, told.promised_days, told.delivery_days, told.extension_days, told.correction_days)
    if min(*days, *(step.limit_days or 0 for step in told.steps)) < 0:
        raise refused("negative-limit")


def _of_its_kind(told: ProcedurePublished) -> None:
    if told.kind is CaseKind.IMMEDIATE and told.promised_days > 0:
        raise refused("immediate-with-limit")
    if told.kind is CaseKind.PROMISED and told.promised_days < 1:
        raise refused("promise-without-limit")


def _of_the_licensing_law(told: ProcedurePublished) -> None:
    if told.statutory_days > 20:
        raise refused("statutory-over-20")
    if told.extension_days > 10:
        raise refused("extension-over-10")
    if told.delivery_days > 10:
        raise refused("delivery-over-10")
    if not 1 <= told.correction_days <= 5:
        raise refused("correction-over-5")
