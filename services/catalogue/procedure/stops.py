"""The procedures of Art. 45 that a procedure foresees: where the law of its regime knows them, each once, in a span that has an end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.catalogue.events import ProcedurePublished
from services.catalogue.law import refused

if TYPE_CHECKING:
    from libs.contracts import Regime


def check_stops(told: ProcedurePublished, law: Regime) -> None:
    """Refuses stops under a regime whose clocks none stops, and two for one reason. That a cap is a day at least is asked with the limits."""
    if told.suspensions and not law.suspension:
        raise refused("suspension-outside-regime")
    if len({stop.reason for stop in told.suspensions}) != len(told.suspensions):
        raise refused("suspension-twice")
