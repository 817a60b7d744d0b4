"""What the deadline service shows: a row per clock, and when each speaks next."""

from services.deadline.views.clocks import VIEW, ShownClock, clocks_of, clocks_view, due_at_node, replay
from services.deadline.views.due import CONSUMER, Speaker, overdue_for_a_tick, waiting_by

__all__ = [
    "CONSUMER",
    "VIEW",
    "ShownClock",
    "Speaker",
    "clocks_of",
    "clocks_view",
    "due_at_node",
    "overdue_for_a_tick",
    "replay",
    "waiting_by",
]
