"""How a result reaches the applicant: by some way, each named once (Art. 44)."""

from __future__ import annotations

from services.catalogue.events import ProcedurePublished
from services.catalogue.law import refused


def check_delivery(told: ProcedurePublished) -> None:
    """Refuses a procedure under which no result could be handed over, and a way that is named twice."""
    if not told.delivery or len(set(told.delivery)) != len(told.delivery):
        raise refused("no-delivery-way")
