"""审查, 核准 over HTTP."""

from __future__ import annotations

from typing import Final

from libs.web import Form, Role
from services.intake.case.examination import Approve, Examine
from services.intake.events import Outcome
from services.intake.http.acts import Route, Routes


class Examination(Form):
    """What the examiner concludes."""

    recommends: Outcome


class Approval(Form):
    """What the approver confirms."""

    outcome: Outcome


ROUTES: Final[Routes] = {
    "examination": Route(Examine, (Role.EXAMINER,), Examination),
    "approval": Route(Approve, (Role.APPROVER,), Approval),
}
