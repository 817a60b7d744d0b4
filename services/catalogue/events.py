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
class Department:
    """The department (部门) that decides on an item, by its unified social credit code and its name."""

    uscc: str
    name: str


@record
class Material:
    """One material of the procedure's list (材料): how many `copies`, and whether the `original` has to be shown (Art. 30)."""

    name: str
    copies: int = 1
    original: bool = False


class ForeseenStopper(str, Enum):
    """The eight procedures of Art. 45 that a procedure may foresee. Closed list."""

    HEARING = "hearing"
    TENDER = "tender"
    AUCTION = "auction"
    INSPECTION = "inspection"
    TESTING = "testing"
    QUARANTINE = "quarantine"
    TECHNICAL_ASSESSMENT = "technical-assessment"
    EXPERT_REVIEW = "expert-review"


@record
class ForeseenStop:
    """A procedure of Art. 45 that may stop the clocks of the item: who approves it, and how many working days it may take in one case."""

    reason: ForeseenStopper
    approver_post: str
    cap_days: int


class DeliveryWay(str, Enum):
    """How a result reaches the applicant (送达)."""

    COUNTER = "counter"
    POST = "post"
    PORTAL = "portal"


@record
class Remedies:
    """Where and until when a refusal can be contested (复议、诉讼): natural days and months from the day it was told; `basis` names the law."""

    reconsider_at: str
    reconsider_days: int
    sue_at: str
    sue_months: int
    basis: str


@record
class SpecialLaw:
    """The laws beside the Licensing Law (另有法律规定) that set a limit of their own, cited limit by limit; empty: none does. Nothing else can be
    excepted: the five days of Art. 32 and the ten of Art. 44 admit no other law.
    """

    statutory_days: str = ""
    extension_days: str = ""


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
    """A version of an item's procedure, in force from `effective`. Limits are working days from acceptance; `special` cites the laws that set
    other ones. What the law of the regime says on that day: `silence_accepts`, it makes silence acceptance (Art. 32); `approval`, somebody
    examines and approves.
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
    special: SpecialLaw
    department: Department | None
    materials: tuple[Material, ...]
    pay_before_delivery: bool
    suspensions: tuple[ForeseenStop, ...]
    delivery: tuple[DeliveryWay, ...]
    remedies: Remedies | None
    silence_accepts: bool
    approval: bool


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
