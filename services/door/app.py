"""Wires the door: what the frame asks of it, the way to a provider where there is one, and the loop that sweeps behind it."""

from __future__ import annotations

from functools import partial

from libs.host import Context, Service
from services.door.http import by_provider, entrance
from services.door.http.oidc import oidc_router
from services.door.settings import told
from services.door.ticker import keep_sweeping


def build(context: Context) -> Service:
    """The door over what the host gives it. Raises `Unreadable` for settings of a provider that cannot be read."""
    around, sweeping = context.around, partial(keep_sweeping, context.pool)
    oidc = told(around.oidc)
    if oidc is None:
        return Service("door", door=entrance(context.pool, around.accounts, listed=around.one_box), tasks=(sweeping,))
    door, way = by_provider(context.pool, around.accounts, oidc)
    return Service("door", oidc_router(way), door=door, tasks=(sweeping,), closing=(way.provider.close,))
