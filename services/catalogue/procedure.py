"""A procedure: the versioned rules under which an item is handled (Art. 30), checked against the law when it is published.

Limits are working days. Every refusal names its article; where another law sets another limit, `special_law` cites it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from libs.decider import Decider, Refused, record
from services.catalogue.events import Kind, ProcedurePublished, Role, Step

REGIMES: Final = frozenset({"licence", "registration", "confirmation", "benefit", "record-filing", "service", "other"})
"""What kind of law an item is under; the limits of the Licensing Law bind licences only."""


@record
class PublishProcedure:
    """Put a new version in force from `effective`. `registered`: the item is known at the node, looked up at the edge."""

    item: str
    name: str
    registered: bool
    regime: str
    kind: Kind
    statutory_days: int
    promised_days: int
    delivery_days: int
    extension_days: int
    extension_moves_promise: bool
    correction_days: int
    steps: tuple[Step, ...]
    basis: str
    special_law: str
    effective: date
    today: date
    by: str
    at: datetime


def decide(command: PublishProcedure, state: ProcedurePublished | None) -> Sequence[ProcedurePublished]:
    if not command.registered:
        raise Refused("unknown-item", f"事项 {command.item} 未登记，先登记事项再公布实施办法（P-item-first）")
    if command.effective < command.today:
        raise Refused("effective-in-the-past", "实施办法不能倒签生效日（行政许可法第三十条：应当公示）")
    if not command.basis.strip():
        raise Refused("no-basis", "实施办法须写明设定依据（行政许可法第四条、第三十条）")
    if command.regime not in REGIMES:
        raise Refused("unknown-regime", "适用的法律制度不在规定范围内（P-regimes）")
    _limits(command)
    _steps(command)
    published = _published(command, 1 if state is None else state.version + 1)
    return [] if state is not None and state.effective <= published.effective and _same(published, state) else [published]


def _limits(command: PublishProcedure) -> None:
    licence = command.regime == "licence" and not command.special_law.strip()
    days = (command.statutory_days, command.promised_days, command.delivery_days, command.extension_days, command.correction_days)
    if min(*days, *(step.limit_days or 0 for step in command.steps)) < 0:
        raise Refused("negative-limit", "期限不能少于 0 天（P-limits-whole）")
    if command.kind is Kind.IMMEDIATE and command.promised_days > 0:
        raise Refused("immediate-with-limit", "即办件当个工作日办结，承诺时限应为 0（P-limits-whole）")
    if command.kind is Kind.PROMISED and command.promised_days < 1:
        raise Refused("promise-without-limit", "承诺件须有至少 1 个工作日的承诺时限（P-limits-whole）")
    if command.promised_days > command.statutory_days:
        raise Refused("promised-over-statutory", "承诺时限不得长于法定时限（行政许可法第四十二条）")
    if licence and command.statutory_days > 20:
        raise Refused("statutory-over-20", "法定时限不超过二十日，另有法律规定的须写明（行政许可法第四十二条）")
    if licence and command.extension_days > 10:
        raise Refused("extension-over-10", "延长不超过十日（行政许可法第四十二条）")
    if licence and command.delivery_days > 10:
        raise Refused("delivery-over-10", "决定后十日内送达（行政许可法第四十四条）")
    if licence and not 1 <= command.correction_days <= 5:
        raise Refused("correction-over-5", "五日内一次告知补正（行政许可法第三十二条）")


def _steps(command: PublishProcedure) -> None:
    steps = command.steps
    if len({step.name for step in steps}) != len(steps):
        raise Refused("step-twice", "环节名称不得重复（P-steps-within-promise）")
    if sum(step.limit_days or 0 for step in steps) > command.promised_days:
        raise Refused("steps-over-promise", "各环节时限之和不得超过承诺时限（P-steps-within-promise）")
    if command.kind is not Kind.PROMISED:
        return
    examiners = {step.post for step in steps if step.role is Role.EXAMINE}
    approvers = {step.post for step in steps if step.role is Role.APPROVE}
    if not examiners or not approvers:
        raise Refused("no-examine-or-approve", "承诺件须有审查和核准两个环节（P-examine-approve，一审一核）")
    if examiners & approvers:
        raise Refused("same-post", "审查岗与核准岗不得为同一岗位（P-two-persons，一审一核）")


def _published(command: PublishProcedure, version: int) -> ProcedurePublished:
    return ProcedurePublished(
        item=command.item,
        name=command.name,
        version=version,
        regime=command.regime,
        kind=command.kind,
        statutory_days=command.statutory_days,
        promised_days=command.promised_days,
        delivery_days=command.delivery_days,
        extension_days=command.extension_days,
        extension_moves_promise=command.extension_moves_promise,
        correction_days=command.correction_days,
        steps=command.steps,
        basis=command.basis,
        effective=command.effective,
        by=command.by,
        at=command.at,
        special_law=command.special_law,
    )


def _same(told: ProcedurePublished, state: ProcedurePublished) -> bool:
    aside = {"version", "effective", "by", "at"}
    names = [name for name in ProcedurePublished.__dataclass_fields__ if name not in aside]
    return all(getattr(told, name) == getattr(state, name) for name in names)


def evolve(_state: ProcedurePublished | None, event: ProcedurePublished) -> ProcedurePublished:
    return event


PROCEDURE: Decider[PublishProcedure, ProcedurePublished | None, ProcedurePublished] = Decider(None, decide, evolve)
