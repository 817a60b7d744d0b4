"""Wires the link: the relay over all published logs of a site, through a role of its own that can read them, to the city stream."""

from __future__ import annotations

from libs.bus import CITY_STREAM, Relay
from libs.host import Context, Service
from services.link.app.checkpoints import Checkpoints


def build(context: Context) -> Service:
    """The site's end of the network. Raises `LookupError` where the site has no signing key."""
    around = context.around
    seal = Checkpoints(context.pool, [node.code for node in context.site.nodes], around.signing_key(), context.now)
    relay = Relay(pool=context.pool, schemas=around.published, topic=CITY_STREAM, bootstrap=around.bootstrap, seal=seal)
    return Service("link", tasks=(relay.run,), woken=(relay.wake,))
