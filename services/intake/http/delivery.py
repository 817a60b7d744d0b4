"""送达 over HTTP."""

from __future__ import annotations

from typing import Final

from libs.forms import Form, Text
from services.intake.case.delivery import Deliver
from services.intake.events import Channel
from services.intake.http.acts import Route, Routes


class Delivery(Form):
    """How the applicant got the result, and the number of the receipt."""

    how: Channel
    receipt: Text


ROUTES: Final[Routes] = {"delivery": Route(Deliver, Delivery)}
