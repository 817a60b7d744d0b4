"""What intake's routes take and give: forms are checked here, rules are not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from services.intake.events import Channel, Outcome, StepRole, Stopper

Node = Annotated[str, Path(pattern=r"^[0-9]{6}([0-9]{3}([0-9]{3})?)?$")]
Number = Annotated[str, Path(pattern=r"^[0-9]{6,12}-[0-9]{8}-[0-9]{6}-[0-9]$")]
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+$")]
Names = Annotated[tuple[Name, ...], Field(max_length=50)]
Word = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1949, 10, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
    AfterValidator(lambda moment: moment.astimezone(UTC)),
]
"""An instant with its offset; kept in UTC."""
Staff = Annotated[str, Field(max_length=40, pattern=r"^[\w.-]*$")]


class Body(BaseModel):
    """What a command is asked with; unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Filing(Body):
    item: Word
    channel: Channel
    materials: Names = ()


class Refusal(Body):
    reason: Annotated[Text, Field(min_length=1)]
    right_agency: Name


class Notice(Body):
    missing: Names


class Return(Body):
    still_missing: Names = ()


class Step(Body):
    name: Name


class StepEnd(Step):
    second_officer: Staff = ""


class Suspension(Body):
    reason: Stopper
    expected_days: Annotated[int, Field(ge=1, le=3650)]
    notice: Name
    notified: date
    first: date


class Resumption(Body):
    last: date


class Extension(Body):
    days: Annotated[int, Field(ge=1, le=365)]
    head: Staff
    document: Text
    told: date


class Examination(Body):
    recommends: Outcome


class Approval(Body):
    outcome: Outcome


class Decided(Body):
    outcome: Outcome
    document: Text
    reasons: Text = ""


class Delivery(Body):
    how: Channel


class Answer(BaseModel):
    """Where the log stands after an act, and the case's version for the next If-Match."""

    case: str
    position: dict[str, str | int]
    version: int


# --- imports ----------------------------------------------------------------------------------------------------------------------------


class Filed(Body):
    """When and by whom materials were taken; the limits as instants (inclusive), where the other system's record has them."""

    at: Moment
    officer: Staff
    promised: Moment | None = None
    statutory: Moment | None = None


class Did(Body):
    """An officer did something."""

    at: Moment
    officer: Staff


class Activity(Did):
    """An activity of the record, as a step."""

    name: Name
    role: StepRole = StepRole.WORK


class ImportedCase(Body):
    """A case of another system's record; `ref` is its name there."""

    ref: Word
    item: Word
    channel: Channel
    filed: Filed
    steps: Annotated[tuple[Activity, ...], Field(max_length=1000)] = ()
    decided: Did | None = None
    closed: Did | None = None


class Batch(Body):
    """At most 200 cases of the log named `log`; `timeline` names the virtual time their clocks live in."""

    log: Word
    timeline: Word
    cases: Annotated[tuple[ImportedCase, ...], Field(min_length=1, max_length=200)]


class Imported(BaseModel):
    """What a batch came to; `repeated` acts had been taken before."""

    cases: int
    acts: int
    repeated: int
    position: dict[str, str | int]
