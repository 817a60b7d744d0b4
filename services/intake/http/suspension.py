"""依法不计时 over HTTP."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from libs.web import Day, Form, Name, Role
from services.intake.case.suspension import ResumeClocks, SuspendClocks
from services.intake.events import Stopper
from services.intake.http.acts import Route, Routes


class SuspensionNotice(Form):
    """What the written notice says, and when the applicant got it."""

    reason: Stopper
    expected_days: Annotated[int, Field(ge=1, le=3650)]
    notice: Name
    notified: Day
    first: Day


class Resumption(Form):
    """The last day that is not counted."""

    last: Day


ROUTES: Final[Routes] = {
    "suspension": Route(SuspendClocks, (Role.APPROVER,), SuspensionNotice),
    "resumption": Route(ResumeClocks, (Role.APPROVER,), Resumption),
}
