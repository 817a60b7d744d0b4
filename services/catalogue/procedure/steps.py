"""The steps of a procedure: named once, within the promise, examined and approved at different posts (一审一核)."""

from __future__ import annotations

from services.catalogue.events import CaseKind, ProcedurePublished, ProcedureStepRole
from services.catalogue.law import refused


def check_steps(told: ProcedurePublished) -> None:
    """Refuses steps of the same name or together longer than the promise, and a promised kind that one post could carry alone."""
    if len({step.name for step in told.steps}) != len(told.steps):
        raise refused("step-twice")
    if sum(step.limit_days or 0 for step in told.steps) > told.promised_days:
        raise refused("steps-over-promise")
    if told.kind is CaseKind.PROMISED:
        _two_posts(told)


def _two_posts(told: ProcedurePublished) -> None:
    examiners, approvers = (_posts(told, role) for role in (ProcedureStepRole.EXAMINE, ProcedureStepRole.APPROVE))
    if not examiners or not approvers:
        raise refused("no-examine-or-approve")
    if examiners & approvers:
        raise refused("same-post")


def _posts(told: ProcedurePublished, role: ProcedureStepRole) -> set[str]:
    return {step.post for step in told.steps if step.role is role}
