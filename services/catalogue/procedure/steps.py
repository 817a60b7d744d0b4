"""The steps of a procedure: named once, within the promise, examined before approved and at different posts (一审一核)."""

from __future__ import annotations

from libs.codes import folded
from services.catalogue.events import CaseKind, ProcedurePublished, ProcedureStepRole
from services.catalogue.law import refused
from services.catalogue.procedure.names import twice


def check_steps(told: ProcedurePublished) -> None:
    """Refuses steps of the same name or together longer than the promise, in an order or for a regime that has them not, and a promised
    kind that one post could carry alone.
    """
    if twice(step.name for step in told.steps):
        raise refused("step-twice")
    if sum(step.limit_days or 0 for step in told.steps) > told.promised_days:
        raise refused("steps-over-promise")
    _in_order(told)
    examiners, approvers = (_posts(told, role) for role in (ProcedureStepRole.EXAMINE, ProcedureStepRole.APPROVE))
    if not told.approval:
        if examiners or approvers:
            raise refused("approval-outside-regime")
    elif told.kind is CaseKind.PROMISED:
        _two_posts(examiners, approvers)


def _in_order(told: ProcedurePublished) -> None:
    roles = [step.role for step in told.steps if step.role is not ProcedureStepRole.WORK]
    if roles != sorted(roles, key=[ProcedureStepRole.EXAMINE, ProcedureStepRole.APPROVE].index):
        raise refused("examine-after-approve")


def _two_posts(examiners: set[str], approvers: set[str]) -> None:
    if not examiners or not approvers:
        raise refused("no-examine-or-approve")
    if examiners & approvers:
        raise refused("same-post")


def _posts(told: ProcedurePublished, role: ProcedureStepRole) -> set[str]:
    return {folded(step.post) for step in told.steps if step.role is role}
