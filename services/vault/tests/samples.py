"""One event of every public type, from stories: what the neighbours' tests hear of the vault."""

from __future__ import annotations

from services.vault.events import Event
from services.vault.tests import stories as s


def samples() -> list[Event]:
    """An opening, an erasure, a code given anew, a read of an auditor's."""
    return [*s.opened(), *s.erased(), *s.reissued(), *s.read()]
