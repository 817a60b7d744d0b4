"""One event of every public type, from stories: what the neighbours' tests hear of supervision."""

from __future__ import annotations

from services.supervision.events import Event
from services.supervision.finding import Deed, Seen
from services.supervision.tests import stories as s


def samples() -> list[Event]:
    """A red card, and a finding that one officer examined and approved."""
    same = (s.did(Deed.EXAMINE, "C0117", "2007-03-20", 12), s.did(Deed.APPROVE, "C0117", "2007-03-21", 13))
    cards: list[Event] = [*s.given_card().when(s.issue()).history()]
    return [*cards, *s.given_finding().when(s.raise_finding(Seen(place=1, facts=same))).history()]
