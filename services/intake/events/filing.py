"""What is handed over, and under which procedure (收件, 行政许可法 Art. 29)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from libs.decider import record
from services.intake.events.steps import StepRole


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
class Pinned:
    """The procedure version under which the case was filed; later versions do not touch it. Limits in working days."""

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


@record
class Instants:
    """Limits of an imported log, given as instants (inclusive). `timeline` names the virtual time they live in."""

    timeline: str
    promised: datetime | None
    statutory: datetime | None


@record
class CaseFiled:
    """Materials were handed over. `applicant` is a random subject id; `ref` is the case's name in the log it came from, empty otherwise."""

    case: str
    node: str
    pinned: Pinned
    channel: Channel
    applicant: str
    materials: tuple[str, ...]
    officer: str
    at: datetime
    instants: Instants | None = None
    ref: str = ""
    imported: bool = False
