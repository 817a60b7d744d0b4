"""Publishing a procedure: a new version, in force from its day, with its basis named (Art. 4, 30)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from libs.authority import NO_GRANTS, Grants, may
from libs.codes import has_personal_number, texts
from libs.decider import record
from services.catalogue.events import (
    CaseKind,
    DeliveryWay,
    Department,
    ForeseenStop,
    Material,
    ProcedurePublished,
    Remedies,
    SpecialLaw,
    Step,
)
from services.catalogue.law import refused
from services.catalogue.procedure.names import plain, trimmed

if TYPE_CHECKING:
    from libs.contracts import Regime

PUBLISH: Final = "catalogue.publish-procedure"


@record
class PublishProcedure:
    """Put a new version in force from `effective`. Looked up at the edge: `registered`, the item is known at the node; `law`, what the law
    says of the regime on that day, None: nothing, we do not know it; `department_valid`, the code of the department is well formed. `grants` are
    the editor's.
    """

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
    special: SpecialLaw
    department: Department | None
    materials: tuple[Material, ...]
    pay_before_delivery: bool
    suspensions: tuple[ForeseenStop, ...]
    delivery: tuple[DeliveryWay, ...]
    remedies: Remedies | None
    law: Regime | None
    department_valid: bool
    effective: date
    today: date
    node: str
    by: str
    at: datetime
    grants: Grants = NO_GRANTS


_SAID: Final = [name for name in ProcedurePublished.__dataclass_fields__ if name in PublishProcedure.__dataclass_fields__]
_RULES: Final = [name for name in ProcedurePublished.__dataclass_fields__ if name not in {"version", "effective", "by", "at"}]
"""What makes two versions the same procedure."""


def may_publish(c: PublishProcedure) -> Regime:
    """What the law says of the regime; refuses a procedure with a personal number in its words, by whom was not given this item, that is for no
    item, back-dated, without basis, or of a regime unknown here.
    """
    if any(map(has_personal_number, texts(c))):
        raise refused("personal-data")
    if (because := may(c.grants, PUBLISH, c.item, c.node, c.today)) is not None:
        raise refused("not-authorised", because=because)
    if not c.registered:
        raise refused("unknown-item", item=c.item)
    if c.effective < c.today:
        raise refused("effective-in-the-past")
    if not plain(c.basis):
        raise refused("no-basis")
    if c.law is None:
        raise refused("unknown-regime")
    return c.law


def published(c: PublishProcedure, law: Regime, before: ProcedurePublished | None) -> ProcedurePublished:
    """The fact that the next version is published, as the command and the law of its regime say it."""
    version = 1 if before is None else before.version + 1
    said = {name: getattr(c, name) for name in _SAID}
    return trimmed(ProcedurePublished(version=version, silence_accepts=law.silence_accepts, approval=law.approval, **said))


def already(told: ProcedurePublished, before: ProcedurePublished | None) -> bool:
    """Whether the last version has the same rules, from the same day or earlier."""
    if before is None or before.effective > told.effective:
        return False
    return all(getattr(told, name) == getattr(before, name) for name in _RULES)
