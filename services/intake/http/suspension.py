"""依法不计时 over HTTP."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from libs.forms import Day, Form, Name, Text
from services.intake.case.suspension import CallOffSuspension, ResumeClocks, SuspendClocks
from services.intake.events import Stopper
from services.intake.http.acts import Route, Routes

SuspensionNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""Which procedure of Art. 45 of the case, from 1."""


class SuspensionNotice(Form):
    """What the written notice says, and when the applicant got it."""

    reason: Stopper
    expected_days: Annotated[int, Field(ge=1, le=3650)]
    notice: Name
    notified: Day
    first: Day


class Resumption(Form):
    """Which procedure ended, and the last day that is not counted."""

    number: SuspensionNumber
    last: Day


class CallingOff(Form):
    """Which procedure, announced for later, will not be held, and why."""

    number: SuspensionNumber
    reasons: Text


ROUTES: Final[Routes] = {
    "suspension": Route(SuspendClocks, SuspensionNotice),
    "resumption": Route(ResumeClocks, Resumption),
    "suspension/call-off": Route(CallOffSuspension, CallingOff),
}
