"""Wires the link: the relay over all published logs of a site, through a role of its own that can read them, to the city stream."""

from __future__ import annotations

from functools import partial
from typing import Final

from libs.bus import CITY_STREAM, Checkpoints, Relay
from libs.database import Pool
from libs.host import Context, Service

_LEASE: Final = """
insert into counter (node, leased) values ($1, $2)
on conflict (node) do update set leased = counter.leased + $2 returning leased"""


async def lease(pool: Pool, node: str, many: int) -> int:
    """Takes `many` counters of the node for good: the last of them."""
    last: int = await pool.fetchval(_LEASE, node, many)
    return last


def build(context: Context) -> Service:
    """The site's end of the network. Raises `LookupError` where the site has no signing key."""
    around, nodes = context.around, [node.code for node in context.site.nodes]
    seal = Checkpoints(nodes, around.signing_key(), context.now, partial(lease, context.pool))
    relay = Relay(pool=context.pool, schemas=around.published, topic=CITY_STREAM, bootstrap=around.bootstrap, seal=seal, rings=around.rings)
    return Service("link", tasks=(relay.run,), woken=(relay.wake,))
