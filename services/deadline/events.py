"""What the deadline service promises: clocks started, stopped, extended, warned, broken, ended (docs/clocks.md).

`next_at` is when the clock has something to say next by itself; None: nothing, until another fact comes.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum

from libs.decider import record


class ClockKind(str, Enum):
    """What a clock measures."""

    CORRECTION = "correction"
    STATUTORY = "statutory"
    PROMISED = "promised"
    STEP = "step"
    DELIVERY = "delivery"
    SUSPENSION = "suspension"


class Unit(str, Enum):
    """The unit of a budget. `UNTIL`: an imported log's inclusive instant; the budget's number is 0."""

    WORKING_DAYS = "WD"
    NATURAL_DAYS = "ND"
    UNTIL = "until"


class StartReading(str, Enum):
    """How a start on a non-working day is read."""

    AS_IS = "as_is"
    ROLL_FORWARD = "roll_forward"


@record
class LimitBudget:
    """`n` working or natural days, or an instant: `until` is given for the unit `UNTIL` and for no other. Raises `ValueError` otherwise."""

    unit: Unit
    n: int = 0
    until: datetime | None = None

    def __post_init__(self) -> None:
        if (self.unit is Unit.UNTIL) != (self.until is not None):
            raise ValueError("时刻与单位 until 须同时给出")


@record
class ClockStarted:
    """A clock runs. `trigger` is the event that started it (source#epoch#number), `article` the rule; `timeline` empty: real time.

    It is addressed to `department`, `post` and `officer`, as its reminder, yellow and red are, each at its own instant; `officer` empty: nobody
    holds it.
    """

    clock: str
    case: str
    kind: ClockKind
    label: str
    node: str
    department: str
    department_uscc: str
    post: str
    officer: str
    budget: LimitBudget
    non_working_start: StartReading
    trigger: str
    article: str
    calendar: str
    timeline: str
    start: datetime
    due_at: datetime | None
    provisional: bool
    at: datetime
    imported: bool = False
    next_at: datetime | None = None


@record
class ClockCarriedOver:
    """A clock that began in another system's record came here with its case, at `at`: `ran` working days had run by then, that day included.
    What it would have said by then is never said.
    """

    clock: str
    case: str
    kind: ClockKind
    ran: int
    due_at: datetime | None
    at: datetime
    imported: bool = True
    next_at: datetime | None = None


@record
class ClockStopped:
    """A clock was stopped by the procedure of Art. 45 of this number: days from `first` on are not counted. `due_at` is None unless the limit
    passes before that day.
    """

    clock: str
    case: str
    number: int
    reason: str
    first: date
    trigger: str
    at: datetime
    due_at: datetime | None = None
    next_at: datetime | None = None


@record
class ClockResumed:
    """The procedure of this number stops the clock no more: `last` was the last day not counted; None: no day was left out, for it was called
    off, or is said to have ended before it began. The due instant is projected again, `generation` of rungs is new. The clock goes on, unless
    another procedure runs.
    """

    clock: str
    case: str
    number: int
    last: date | None
    due_at: datetime | None
    provisional: bool
    generation: int
    trigger: str
    at: datetime
    next_at: datetime | None = None


@record
class ClockExtended:
    """The budget of a clock grew by `budget`; the due instant is projected again, `generation` of rungs is new."""

    clock: str
    case: str
    budget: LimitBudget
    due_at: datetime | None
    provisional: bool
    generation: int
    trigger: str
    at: datetime
    next_at: datetime | None = None


@record
class ClockReminded:
    """A clock reminds: the counted day before its yellow one began. No card follows."""

    clock: str
    case: str
    kind: ClockKind
    node: str
    department: str
    department_uscc: str
    post: str
    officer: str
    generation: int
    due_at: datetime
    at: datetime
    imported: bool = False
    next_at: datetime | None = None


@record
class ClockYellow:
    """The clock is nearly due: its yellow day began, or 90 % of its span is over."""

    clock: str
    case: str
    kind: ClockKind
    node: str
    department: str
    department_uscc: str
    post: str
    officer: str
    generation: int
    due_at: datetime
    at: datetime
    imported: bool = False
    next_at: datetime | None = None


@record
class ClockRed:
    """The clock is past due; again for every further 5 working days (`overdue` 0, 1, 2 …)."""

    clock: str
    case: str
    kind: ClockKind
    node: str
    department: str
    department_uscc: str
    post: str
    officer: str
    generation: int
    overdue: int
    due_at: datetime
    at: datetime
    imported: bool = False
    next_at: datetime | None = None


@record
class SilenceNoticed:
    """A limit passed in silence and the law makes something of it; intake decides what (Art. 32(1)(4))."""

    clock: str
    case: str
    kind: ClockKind
    effective: datetime
    at: datetime


@record
class ClockEnded:
    """What the clock measured was done at `at`; `late` is whether that was past due under the calendar of version `calendar`, which it keeps."""

    clock: str
    case: str
    kind: ClockKind
    node: str
    late: bool
    due_at: datetime | None
    calendar: str
    trigger: str
    at: datetime
    imported: bool = False


@record
class ClockCancelled:
    """What the clock measured will not happen (withdrawn, not accepted). It keeps the calendar of version `calendar`."""

    clock: str
    case: str
    kind: ClockKind
    node: str
    calendar: str
    trigger: str
    at: datetime
    imported: bool = False


Event = (
    ClockStarted
    | ClockCarriedOver
    | ClockStopped
    | ClockResumed
    | ClockExtended
    | ClockReminded
    | ClockYellow
    | ClockRed
    | SilenceNoticed
    | ClockEnded
    | ClockCancelled
)
