"""What the city's site is told at its start: what is new goes to the registry's log and its rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from libs.contracts import roster
from libs.database import Pool
from libs.eventlog import Log, Subject
from libs.wire import origin
from services.hub.registry import REGISTRY, Command, OpenEpoch, RegisterKey, RegisterNode, RevokeKey
from services.hub.views.registry import CODEC

ENTRIES: Final = Subject(REGISTRY, CODEC)
ACTOR: Final = "system:hub"
FIRST_EPOCH: Final = 1
_NODE: Final = """
insert into registry_node (node, site, name, parent, address) values ($1, $2, $3, $4, $5)
on conflict (node) do update set site = excluded.site, name = excluded.name, parent = excluded.parent, address = excluded.address"""
_EPOCH: Final = "insert into registry_epoch (source, epoch) values ($1, $2) on conflict do nothing"
_KEY: Final = "insert into registry_key (key, site, public_key) values ($1, $2, $3) on conflict do nothing"
_REVOKED: Final = "update registry_key set revoked = $2 where key = $1 and revoked is null"


async def register(log: Log, pool: Pool, now: Callable[[], datetime], told: Mapping[str, Any]) -> None:
    """Appends what is new of the sites told, and shows it; what is known already stays. Raises `Refused` for a contradiction.

    Every published service of a node of theirs speaks in its first epoch.
    """
    at = now()
    keys = [RegisterKey(key=row["key"], site=row["site"], public_key=row["public_key"], at=at) for row in told["sites"]]
    nodes = [node for row in told["sites"] for node in _nodes(row, at)]
    services = [row.name for row in roster() if row.public]
    epochs = [OpenEpoch(node=node.node, service=service, epoch=FIRST_EPOCH, at=at) for node in nodes for service in services]
    commands: list[Command] = [*keys, *nodes, *epochs]
    await asyncio.gather(*(_tell(log, command) for command in commands))
    async with pool.acquire() as connection, connection.transaction():
        await connection.executemany(_KEY, [(key.key, key.site, key.public_key) for key in keys])
        await connection.executemany(_NODE, [(node.node, node.site, node.name, node.parent, node.address) for node in nodes])
        await connection.executemany(_EPOCH, [(origin(epoch.node, epoch.service), epoch.epoch) for epoch in epochs])


async def revoke(log: Log, pool: Pool, key: str, at: datetime) -> None:
    """Revokes a key: from now on nothing signed with it is believed, in no process of the hub. Raises `Refused` for one nobody knows."""
    await _tell(log, RevokeKey(key=key, at=at))
    await pool.execute(_REVOKED, key, at)


async def _tell(log: Log, command: Command) -> None:
    await log.append(ENTRIES.intent(_stream(command), command, actor=ACTOR))


def _stream(command: Command) -> str:
    match command:
        case RegisterNode(node=node):
            return f"node:{node}"
        case OpenEpoch(node=node, service=service):
            return f"epoch:{node}/{service}"
        case RegisterKey(key=key) | RevokeKey(key=key):
            return f"key:{key}"


def _nodes(row: Mapping[str, Any], at: datetime) -> Iterator[RegisterNode]:
    for node in row["nodes"]:
        yield RegisterNode(
            node=node["code"], name=node["name"], parent=node.get("parent", ""), site=row["site"], address=row["address"], at=at
        )
