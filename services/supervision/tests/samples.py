"""One event of every public type, from stories: what the neighbours' tests hear of supervision."""

from __future__ import annotations

from services.supervision.events import Event
from services.supervision.tests import stories as s


def samples() -> list[Event]:
    """A red card, and a finding that one officer examined and approved."""
    return [*s.issued(), *s.raised()]
