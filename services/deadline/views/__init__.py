"""What the deadline service shows and remembers: a row per clock, when each speaks next, and the cases it has heard of."""

from services.deadline.views.clocks import VIEW, clocks_of, clocks_view, due_at_node, replay
from services.deadline.views.due import Waiting, overdue_for_a_tick, waiting_by
from services.deadline.views.heard import CONSUMER, keep_cases, known_cases

__all__ = [
    "CONSUMER",
    "VIEW",
    "Waiting",
    "clocks_of",
    "clocks_view",
    "due_at_node",
    "keep_cases",
    "known_cases",
    "overdue_for_a_tick",
    "replay",
    "waiting_by",
]
