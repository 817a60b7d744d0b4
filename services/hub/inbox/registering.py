"""Who is in the network, as the city's site is told at its start: what is new goes to the registry's log and its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from libs.database import Pool
from libs.eventlog import Codec, Log, Subject
from services.hub.events import KeyRegistered, NodeRegistered
from services.hub.registry import REGISTRY, RegisterKey, RegisterNode

ENTRIES: Final = Subject(REGISTRY, Codec("hub", [NodeRegistered, KeyRegistered]))
ACTOR: Final = "system:hub"
_NODE: Final = """
insert into registry_node (node, site, name, parent, address) values ($1, $2, $3, $4, $5)
on conflict (node) do update set site = excluded.site, name = excluded.name, parent = excluded.parent, address = excluded.address"""
_KEY: Final = "insert into registry_key (key, site, public_key) values ($1, $2, $3) on conflict do nothing"


async def register(log: Log, pool: Pool, now: Callable[[], datetime], told: Mapping[str, Any]) -> None:
    """Appends what is new of the sites told, and shows it; what is known already stays. Raises `Refused` for a contradiction."""
    at = now()
    for row in told["sites"]:
        key = RegisterKey(key=row["key"], site=row["site"], public_key=row["public_key"], at=at)
        await log.append(ENTRIES.intent(f"key:{key.key}", key, actor=ACTOR))
        await pool.execute(_KEY, key.key, key.site, key.public_key)
        for node in row["nodes"]:
            entry = RegisterNode(
                node=node["code"], name=node["name"], parent=node.get("parent", ""), site=row["site"], address=row["address"], at=at
            )
            await log.append(ENTRIES.intent(f"node:{entry.node}", entry, actor=ACTOR))
            await pool.execute(_NODE, entry.node, entry.site, entry.name, entry.parent, entry.address)
