"""What is handed over, and under which procedure (收件, 行政许可法 Art. 29)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from libs.decider import record
from services.intake.events.steps import StepRole
from services.intake.events.suspension import Stopper


class Channel(str, Enum):
    """How a case came in. `INTERNAL` is for imports only."""

    COUNTER = "counter"
    PORTAL = "portal"
    POST = "post"
    PHONE = "phone"
    EMAIL = "email"
    AGENT = "agent"
    INTERNAL = "internal"


@record
class PinnedStep:
    """A step as it stood in the procedure at filing. `limit_days`: working days, None for no limit."""

    name: str
    post: str
    role: StepRole = StepRole.WORK
    limit_days: int | None = None
    two_officers: bool = False


@record
class PinnedDepartment:
    """The department that decides, by its unified social credit code and its name."""

    uscc: str
    name: str


@record
class PinnedMaterial:
    """One material of the procedure's list: nothing outside the list is asked for (Art. 31)."""

    name: str
    copies: int = 1
    original: bool = False


@record
class PinnedStop:
    """A procedure of Art. 45 that the procedure foresees, and how many working days it may take in one case."""

    reason: Stopper
    approver_post: str
    cap_days: int


@record
class PinnedRemedies:
    """Where and until when a refusal can be contested; natural days and months from the day it was told."""

    reconsider_at: str
    reconsider_days: int
    sue_at: str
    sue_months: int
    basis: str


@record
class Pinned:
    """The procedure version under which the case was filed; later versions do not touch it. Limits in working days. `regime` is what
    kind of law the item is under; `silence_accepts`: that law makes silence acceptance (Art. 32(1)(4)); `approval`: it has somebody examine
    and approve, so that it is no mere notification.
    """

    item: str
    item_name: str
    procedure_version: int
    kind: str
    statutory_days: int
    promised_days: int
    delivery_days: int
    extension_days: int
    extension_moves_promise: bool
    correction_days: int
    steps: tuple[PinnedStep, ...]
    regime: str
    department: PinnedDepartment | None
    materials: tuple[PinnedMaterial, ...]
    pay_before_delivery: bool
    suspensions: tuple[PinnedStop, ...]
    delivery: tuple[Channel, ...]
    remedies: PinnedRemedies | None
    silence_accepts: bool
    approval: bool


@record
class Instants:
    """Limits of an imported log, given as instants (inclusive), where it gives any. `timeline` names the virtual time its cases live in."""

    timeline: str
    promised: datetime | None
    statutory: datetime | None


class ApplicantPart(str, Enum):
    """In what part somebody stands in a case: they apply, or act for who does (代办)."""

    APPLICANT = "applicant"
    AGENT = "agent"


@record
class Applicant:
    """Who applies, by a random subject id of the vault; an agent acts `of` (for) another subject of the same case."""

    subject: str
    part: ApplicantPart = ApplicantPart.APPLICANT
    of: str = ""


@record
class Duplicates:
    """Open cases of the same applicant and item, which were shown, and why this one was filed all the same."""

    cases: tuple[str, ...]
    reasons: str


@record
class CaseFiled:
    """Materials were handed over. `applicants` go by random subject ids, at least one; those of an imported case lead to nobody. `ref` is the
    case's name in the log it came from, empty otherwise; `came`: when an imported case came to this system, None for one filed here.
    """

    case: str
    node: str
    pinned: Pinned
    channel: Channel
    applicants: tuple[Applicant, ...]
    materials: tuple[str, ...]
    officer: str
    at: datetime
    instants: Instants | None = None
    ref: str = ""
    came: datetime | None = None
    duplicates: Duplicates | None = None
    imported: bool = False
