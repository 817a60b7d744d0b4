"""受理, 不予受理 over HTTP."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from libs.web import Form, Name, Role, Text
from services.intake.case.acceptance import Accept, RefuseAcceptance
from services.intake.http.acts import Route, Routes


class Declining(Form):
    """Why the case is not accepted, and which agency is the right one."""

    reason: Annotated[Text, Field(min_length=1)]
    right_agency: Name


ROUTES: Final[Routes] = {
    "acceptance": Route(Accept, (Role.CLERK,)),
    "refusal-to-accept": Route(RefuseAcceptance, (Role.CLERK,), Declining),
}
