"""`POST /follow`: whoever was given a case's number and code is told where the case stands. For everybody; nobody signs in.

A wrong number and a wrong code are one answer, and take the same way to it. The code comes in the body: addresses are kept by too many.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from libs.contracts import phases
from libs.database import reading
from libs.forms import Form, Word
from libs.web import REFUSES, Limited, answer, node_of_case, unstored
from services.intake.case.following import may_follow
from services.intake.http.acts import Putting
from services.intake.http.applicants import CaseNumber
from services.intake.http.reading import read_at
from services.intake.views import case_row

SHOWN = ("case", "item_name", "phase", "suspended", "filed_at", "accepted_at", "decided_at", "finished_at")
"""What of a case's row whoever has its code is told: nothing of officers."""


class FollowForm(Form):
    """The number of a case and its code, however it was written down."""

    case: CaseNumber
    code: Annotated[Word, Field(max_length=40)]


class FollowedCase(BaseModel):
    """Where a case stands, by name and in a sentence; `suspended`: a procedure of Art. 45 runs or is announced."""

    case: str
    item_name: str
    phase: str
    state: str
    suspended: bool
    filed_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None
    finished_at: datetime | None


def add_following(router: APIRouter, putting: Putting) -> None:
    """Adds the route, at the rate `follow-code`."""
    context = putting.context

    @router.post("/follow", response_model=FollowedCase, responses=REFUSES, dependencies=[Depends(Limited("follow-code"))])
    async def follow(form: FollowForm) -> Response:
        right = await context.around.vault.follows(form.case, form.code)
        async with reading(context.pool, [node_of_case(form.case)]) as rows:
            row = await case_row(rows, form.case, read_at(context.now(), putting.calendar))
        found = may_follow(row if right else None)
        return unstored(answer({**{name: found[name] for name in SHOWN}, "state": phases().plain[found["phase"]]}))
