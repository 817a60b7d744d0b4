"""Intake's facts as far as clocks need them: own tolerant models, read by field name, everything else is skipped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import msgspec

from libs.wire import Recorded


class CaseFact(msgspec.Struct, frozen=True):
    """What every fact of a case says."""

    case: str
    officer: str
    at: datetime
    imported: bool = False


class Limits(msgspec.Struct, frozen=True):
    """The limits of the procedure a case was filed under, in working days."""

    statutory_days: int
    promised_days: int
    delivery_days: int
    correction_days: int


class Instants(msgspec.Struct, frozen=True):
    """Limits of an imported log as instants, in the virtual time named `timeline`."""

    timeline: str
    promised: datetime | None = None
    statutory: datetime | None = None


class CaseFiled(CaseFact, frozen=True, kw_only=True):
    pinned: Limits
    instants: Instants | None = None


class CorrectionsRequested(CaseFact, frozen=True):
    pass


class CorrectionsReturned(CaseFact, frozen=True):
    pass


class CaseAccepted(CaseFact, frozen=True, kw_only=True):
    effective: datetime
    by: str = ""


class CaseNotAccepted(CaseFact, frozen=True):
    pass


class CaseWithdrawn(CaseFact, frozen=True):
    pass


class StepStarted(CaseFact, frozen=True, kw_only=True):
    number: int
    name: str
    limit_days: int | None = None


class StepDone(CaseFact, frozen=True, kw_only=True):
    number: int


class ClocksSuspended(CaseFact, frozen=True, kw_only=True):
    reason: str
    first: date


class ClocksResumed(CaseFact, frozen=True, kw_only=True):
    last: date


class LimitExtended(CaseFact, frozen=True, kw_only=True):
    days: int
    moves_promise: bool = False


class CaseDecided(CaseFact, frozen=True):
    pass


class ResultDelivered(CaseFact, frozen=True):
    pass


class CaseClosed(CaseFact, frozen=True):
    pass


Fact = (
    CaseFiled
    | CorrectionsRequested
    | CorrectionsReturned
    | CaseAccepted
    | CaseNotAccepted
    | CaseWithdrawn
    | StepStarted
    | StepDone
    | ClocksSuspended
    | ClocksResumed
    | LimitExtended
    | CaseDecided
    | ResultDelivered
    | CaseClosed
)

_DECODERS: Final[Mapping[str, msgspec.json.Decoder[Any]]] = {
    "liandong.intake.CaseFiled.v1": msgspec.json.Decoder(CaseFiled),
    "liandong.intake.CorrectionsRequested.v1": msgspec.json.Decoder(CorrectionsRequested),
    "liandong.intake.CorrectionsReturned.v1": msgspec.json.Decoder(CorrectionsReturned),
    "liandong.intake.CaseAccepted.v1": msgspec.json.Decoder(CaseAccepted),
    "liandong.intake.CaseNotAccepted.v1": msgspec.json.Decoder(CaseNotAccepted),
    "liandong.intake.CaseWithdrawn.v1": msgspec.json.Decoder(CaseWithdrawn),
    "liandong.intake.StepStarted.v1": msgspec.json.Decoder(StepStarted),
    "liandong.intake.StepDone.v1": msgspec.json.Decoder(StepDone),
    "liandong.intake.ClocksSuspended.v1": msgspec.json.Decoder(ClocksSuspended),
    "liandong.intake.ClocksResumed.v1": msgspec.json.Decoder(ClocksResumed),
    "liandong.intake.LimitExtended.v1": msgspec.json.Decoder(LimitExtended),
    "liandong.intake.CaseDecided.v1": msgspec.json.Decoder(CaseDecided),
    "liandong.intake.ResultDelivered.v1": msgspec.json.Decoder(ResultDelivered),
    "liandong.intake.CaseClosed.v1": msgspec.json.Decoder(CaseClosed),
}
TYPES: Final = frozenset(_DECODERS)
"""What is heard."""


def read(recorded: Recorded) -> Fact:
    """The fact of a record of one of `TYPES`. Raises `msgspec.ValidationError`."""
    fact: Fact = _DECODERS[recorded.type].decode(recorded.data)
    return fact
