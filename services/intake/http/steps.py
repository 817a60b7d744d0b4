"""环节 over HTTP. Whether another officer who is named is known here, the accounts of the site say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field

from libs.authority import NO_GRANTS, Grants
from libs.forms import Form, Staff, Text, Title
from libs.host import Around
from services.intake.case.finishing import FinishStep, SendBack
from services.intake.case.steps import HandOver, StartStep
from services.intake.events import Outcome
from services.intake.http.acts import Route, Routes

Reasons = Annotated[Text, Field(min_length=1)]


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


def to_granted(around: Around, form: StepHandOver) -> Mapping[str, Grants]:
    """What the officer who shall have the step may do."""
    return {"to_grants": around.granted(form.to) or NO_GRANTS}


def second_known(around: Around, form: StepEnd) -> Mapping[str, bool]:
    """Whether the second officer is a member of staff."""
    return {"second_known": around.granted(form.second_officer) is not None}


ROUTES: Final[Routes] = {
    "steps/start": Route(StartStep, StepBegin),
    "steps/hand-over": Route(HandOver, StepHandOver, to_granted),
    "steps/done": Route(FinishStep, StepEnd, second_known),
    "steps/send-back": Route(SendBack, StepBack),
}
