"""决定 over HTTP."""

from __future__ import annotations

from typing import Final

from libs.forms import Form, Text
from services.intake.case.decision import Decide
from services.intake.events import Outcome
from services.intake.http.acts import Route, Routes


class DecisionDocument(Form):
    """What was decided, the number of the document, and the reasons where the application is refused."""

    outcome: Outcome
    document: Text
    reasons: Text = ""


ROUTES: Final[Routes] = {"decision": Route(Decide, DecisionDocument)}
