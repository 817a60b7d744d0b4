"""Publishing a procedure: a new version, in force from its day, with its basis named (Art. 4, 30)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from libs.codes import has_personal_number, texts
from libs.decider import record
from services.catalogue.events import CaseKind, DeliveryWay, Department, ForeseenStop, Material, ProcedurePublished, Remedies, Step
from services.catalogue.law import refused

REGIMES: Final = frozenset({"licence", "registration", "confirmation", "benefit", "record-filing", "service", "other"})
"""What kind of law an item is under; the limits of the Licensing Law bind licences only."""


@record
class PublishProcedure:
    """Put a new version in force from `effective`. `registered`: the item is known at the node, looked up at the edge."""

    item: str
    name: str
    registered: bool
    regime: str
    kind: CaseKind
    statutory_days: int
    promised_days: int
    delivery_days: int
    extension_days: int
    extension_moves_promise: bool
    correction_days: int
    steps: tuple[Step, ...]
    basis: str
    special_law: str
    department: Department | None
    materials: tuple[Material, ...]
    pay_before_delivery: bool
    suspensions: tuple[ForeseenStop, ...]
    delivery: tuple[DeliveryWay, ...]
    remedies: Remedies | None
    silence_accepts: bool
    effective: date
    today: date
    by: str
    at: datetime


_SAID: Final = [name for name in ProcedurePublished.__dataclass_fields__ if name != "version"]
_RULES: Final = [name for name in _SAID if name not in {"effective", "by", "at"}]
"""What makes two versions the same procedure."""


def may_publish(c: PublishProcedure) -> None:
    """Refuses a procedure that is for no item, back-dated, without basis, of a regime unknown here, or with a personal number in its words."""
    if any(map(has_personal_number, texts(c))):
        raise refused("personal-data")
    if not c.registered:
        raise refused("unknown-item", item=c.item)
    if c.effective < c.today:
        raise refused("effective-in-the-past")
    if not c.basis.strip():
        raise refused("no-basis")
    if c.regime not in REGIMES:
        raise refused("unknown-regime")


def published(c: PublishProcedure, before: ProcedurePublished | None) -> ProcedurePublished:
    """The fact that the next version is published, as the command says it."""
    return ProcedurePublished(version=1 if before is None else before.version + 1, **{name: getattr(c, name) for name in _SAID})


def already(told: ProcedurePublished, before: ProcedurePublished | None) -> bool:
    """Whether the last version has the same rules, from the same day or earlier."""
    if before is None or before.effective > told.effective:
        return False
    return all(getattr(told, name) == getattr(before, name) for name in _RULES)
