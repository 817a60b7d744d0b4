"""延长 over HTTP."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from libs.forms import Day, Form, Staff, Text
from services.intake.case.extension import ExtendLimit
from services.intake.http.acts import Route, Routes


class Prolonging(Form):
    """By how many working days the limit is extended, by which head, in which document, and when the applicant was told why."""

    days: Annotated[int, Field(ge=1, le=365)]
    head: Staff
    document: Text
    told: Day
    reasons: Text


ROUTES: Final[Routes] = {"extension": Route(ExtendLimit, Prolonging)}
