"""Wires the hub: the registry's own log, the city's consumer, its pages' data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from libs.database import Pool
from libs.eventlog import Codec, PgLogs, Subject
from libs.host import Context, Service, Site
from libs.host.running import now
from services.hub import http
from services.hub.events import KeyRegistered, NodeRegistered
from services.hub.inbox import CityStream
from services.hub.registry import REGISTRY, Command, RegisterKey, RegisterNode

ENTRIES: Final = Subject(REGISTRY, Codec("hub", [NodeRegistered, KeyRegistered]))
_NODE: Final = """
insert into registry_node (node, site, name, parent, address) values ($1, $2, $3, $4, $5)
on conflict (node) do update set site = excluded.site, name = excluded.name, parent = excluded.parent, address = excluded.address"""
_KEY: Final = "insert into registry_key (key, site, public_key) values ($1, $2, $3) on conflict do nothing"


def build(context: Context) -> Service:
    """The city's end of the network. Who is in it is told anew at every opening; what is known already stays."""
    stream = CityStream(context.pool, context.now)
    return Service(
        "hub",
        http.router(context.pool, stream, context.now),
        takes=stream.take,
        opening=(partial(_told, context),),
    )


async def _told(context: Context) -> None:
    await register(context.pool, context.site, context.around.registry())


async def register(pool: Pool, site: Site, told: Mapping[str, Any]) -> None:
    """Appends what is new to the registry's log, and shows it. Raises `Refused` for a contradiction."""
    logs = PgLogs(pool, "hub", [site.code])
    await logs.open()
    log, at = logs.of(site.code), now()
    for row in told["sites"]:
        key: Command = RegisterKey(key=row["key"], site=row["site"], public_key=row["public_key"], at=at)
        await log.append(ENTRIES.intent(f"key:{row['key']}", key, actor="system:hub"))
        await pool.execute(_KEY, row["key"], row["site"], row["public_key"])
        for node in row["nodes"]:
            names = (node["code"], node["name"], node.get("parent", ""), row["site"], row["address"])
            command = RegisterNode(**dict(zip(("node", "name", "parent", "site", "address"), names, strict=True)), at=at)
            await log.append(ENTRIES.intent(f"node:{node['code']}", command, actor="system:hub"))
            await pool.execute(_NODE, node["code"], row["site"], node["name"], node.get("parent", ""), row["address"])
