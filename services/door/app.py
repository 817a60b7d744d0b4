"""Wires the door: what the frame asks of it, and the loop that sweeps behind it."""

from __future__ import annotations

from functools import partial

from libs.host import Context, Service
from services.door.http import entrance
from services.door.ticker import keep_sweeping


def build(context: Context) -> Service:
    """The door over what the host gives it."""
    return Service(
        "door",
        door=entrance(context.pool, context.around.accounts, listed=context.around.one_box),
        tasks=(partial(keep_sweeping, context.pool),),
    )
