"""环节 over HTTP. Whether another officer who is named is known here, the accounts of the site say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field

from libs.forms import Form, Staff, Text, Title
from libs.host import Around
from libs.web import Role
from services.intake.case.finishing import FinishStep, SendBack
from services.intake.case.steps import HandOver, StartStep
from services.intake.events import Outcome
from services.intake.http.acts import Route, Routes

Reasons = Annotated[Text, Field(min_length=1)]
ANY: Final = (Role.EXAMINER, Role.APPROVER)


class StepBegin(Form):
    """Which step is taken in hand."""

    name: Title


class StepHandOver(Form):
    """Who shall have the step in hand, and why."""

    to: Staff
    reasons: Reasons


class StepEnd(Form):
    """Which step is done, by which second officer, and what is concluded with it."""

    name: Title
    second_officer: Staff = ""
    recommends: Outcome = Outcome.NOT_STATED
    outcome: Outcome = Outcome.NOT_STATED
    reasons: Text = ""


class StepBack(Form):
    """Why the case goes back to its examination."""

    reasons: Reasons


def to_known(around: Around, form: StepHandOver) -> Mapping[str, bool]:
    """Whether the officer who shall have the step is a member of staff who may work on steps."""
    return {"to_known": around.knows(form.to, *ANY)}


def second_known(around: Around, form: StepEnd) -> Mapping[str, bool]:
    """Whether the second officer is a member of staff."""
    return {"second_known": around.knows(form.second_officer)}


ROUTES: Final[Routes] = {
    "steps/start": Route(StartStep, ANY, StepBegin),
    "steps/hand-over": Route(HandOver, ANY, StepHandOver, to_known),
    "steps/done": Route(FinishStep, ANY, StepEnd, second_known),
    "steps/send-back": Route(SendBack, (Role.APPROVER,), StepBack),
}
