"""The result handed over (送达: Art. 44)."""

from __future__ import annotations

from datetime import datetime

from libs.decider import record
from services.intake.events.filing import Channel


@record
class ResultDelivered:
    """The result is in the applicant's hands (Art. 44): by counter, post or portal, with the number of the `receipt`. Another system's record
    may name any channel, and no receipt.
    """

    case: str
    how: Channel
    receipt: str
    officer: str
    at: datetime
    imported: bool = False
