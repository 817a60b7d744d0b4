"""受理, 不予受理 over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import Field

from libs.codes import credit_code_fault
from libs.forms import Form, Name, Text
from libs.host import Around
from services.intake.case.acceptance import Accept, RefuseAcceptance
from services.intake.events import RightAgency, WhyDeclined
from services.intake.http.acts import Route, Routes


class AgencyForm(Form):
    """The agency to which the applicant should go."""

    uscc: Name
    name: Name


class Declining(Form):
    """Why the case is not accepted, and which agency is the right one."""

    reason: WhyDeclined
    agency: AgencyForm | None = None
    explanation: Annotated[Text, Field(min_length=1)]


def agency_known(_around: Around, form: Declining) -> Mapping[str, Any]:
    """The agency as the rules know it, and whether its code is well formed."""
    if form.agency is None:
        return {"agency": None, "agency_valid": False}
    return {
        "agency": RightAgency(uscc=form.agency.uscc, name=form.agency.name),
        "agency_valid": credit_code_fault(form.agency.uscc) is None,
    }


ROUTES: Final[Routes] = {
    "acceptance": Route(Accept),
    "refusal-to-accept": Route(RefuseAcceptance, Declining, agency_known),
}
