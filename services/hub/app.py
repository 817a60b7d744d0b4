"""Wires the hub: the registry, told anew at every opening; the city's consumer; its pages' data."""

from __future__ import annotations

from libs.host import Context, Service
from services.hub import http
from services.hub.inbox import CityStream
from services.hub.inbox.awaiting import Awaiting
from services.hub.inbox.registering import register


def build(context: Context) -> Service:
    """The hub over what the host gives it."""
    stream = CityStream(context.pool, context.now)
    awaiting = Awaiting(stream.take)
    log = context.logs.of(context.site.code)

    async def opening() -> None:
        await register(log, context.pool, context.now, context.around.registry())

    return Service(
        "hub",
        http.router(context.pool, stream, log, context.now),
        takes=awaiting.take,
        saves=awaiting.save,
        tasks=(stream.catch_up,),
        opening=(opening,),
    )
