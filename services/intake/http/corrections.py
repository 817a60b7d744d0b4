"""一次告知, 补正 over HTTP."""

from __future__ import annotations

from typing import Final

from libs.forms import Form, Text, Titles
from services.intake.case.corrections import RequestCorrections, ReturnCorrections
from services.intake.http.acts import Route, Routes


class CorrectionNotice(Form):
    """Everything that is missing from the materials."""

    missing: Titles


class CorrectionReturn(Form):
    """What of the notice is missing still, empty: all of it came; and what of it is no longer wanted, with the reasons."""

    still_missing: Titles = ()
    waived: Titles = ()
    reasons: Text = ""


ROUTES: Final[Routes] = {
    "corrections-notice": Route(RequestCorrections, CorrectionNotice),
    "corrections-return": Route(ReturnCorrections, CorrectionReturn),
}
