"""环节 over HTTP."""

from __future__ import annotations

from typing import Final

from libs.web import Form, Name, Role, Staff
from services.intake.case.steps import FinishStep, StartStep
from services.intake.http.acts import Route, Routes


class StepBegin(Form):
    """Which step is taken in hand."""

    name: Name


class StepEnd(Form):
    """Which step is done, and by which second officer."""

    name: Name
    second_officer: Staff = ""


ROUTES: Final[Routes] = {
    "steps/start": Route(StartStep, (Role.EXAMINER, Role.APPROVER), StepBegin),
    "steps/done": Route(FinishStep, (Role.EXAMINER, Role.APPROVER), StepEnd),
}
