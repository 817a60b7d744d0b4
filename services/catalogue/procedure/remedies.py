"""Who decides, and where a refusal is contested: named where the law of the regime wants it (Art. 30, 38)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.catalogue.events import Department, ProcedurePublished, Remedies
from services.catalogue.law import refused

if TYPE_CHECKING:
    from libs.contracts import Regime


def check_remedies(told: ProcedurePublished, law: Regime, *, department_valid: bool) -> None:
    """Refuses a department or remedies missing or half said. `department_valid`: its code is well formed, found out at the edge."""
    if not _named(told.department, needed=law.remedies, valid=department_valid):
        raise refused("no-department")
    if not _said(told.remedies, needed=law.remedies):
        raise refused("no-remedies")


def _named(department: Department | None, *, needed: bool, valid: bool) -> bool:
    if department is None:
        return not needed
    return valid and bool(department.name)


def _said(remedies: Remedies | None, *, needed: bool) -> bool:
    if remedies is None:
        return not needed
    return all((remedies.reconsider_at, remedies.sue_at, remedies.basis))
