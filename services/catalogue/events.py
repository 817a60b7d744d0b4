"""What the catalogue promises: items known, procedures published (Plan 二(一)1 and 2, docs/policies.md; Art. 30)."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

from libs.decider import record


class CaseKind(str, Enum):
    """How an item is handled: at once, or within a promised limit. The other kinds come with their flows."""

    IMMEDIATE = "immediate"
    PROMISED = "promised"


class ProcedureStepRole(str, Enum):
    """What a step is for the two-person rule: neither, the examination, or the approval."""

    WORK = "work"
    EXAMINE = "examine"
    APPROVE = "approve"


@record
class Step:
    """One step of a procedure, in order. `limit_days` are working days; None: no limit of its own."""

    name: str
    post: str
    role: ProcedureStepRole = ProcedureStepRole.WORK
    limit_days: int | None = None
    two_officers: bool = False


@record
class ItemRegistered:
    """An item is known at a node. `agency` is empty where the code given was set aside (then `agency_given` holds it)."""

    item: str
    name: str
    type_code: str
    department: str
    base_code: str
    area: str
    agency: str
    agency_given: str
    by: str
    at: datetime


@record
class ItemChanged:
    """The same item came again with other words; the fact has the whole new wording."""

    item: str
    name: str
    type_code: str
    department: str
    base_code: str
    area: str
    agency: str
    agency_given: str
    by: str
    at: datetime


@record
class ProcedurePublished:
    """A version of an item's procedure, in force from `effective`. Limits are working days from acceptance; where they are not those of the
    Licensing Law, `special_law` cites the law that sets them.
    """

    item: str
    name: str
    version: int
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
    effective: date
    by: str
    at: datetime
    special_law: str = ""


@record
class ItemsImported:
    """A file was gone through: how many of its rows landed, said nothing new, or were set aside, and how many agency codes were."""

    file_digest: str
    file_name: str
    rows: int
    landed: int
    unchanged: int
    set_aside_rows: int
    set_aside_agencies: int
    by: str
    at: datetime


Event = ItemRegistered | ItemChanged | ProcedurePublished | ItemsImported
