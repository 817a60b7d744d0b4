"""Who is in the network, as the registry's log has it: what its rows are held against."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from libs.database import Connection, Pool
from libs.eventlog import Codec, Log, pages, verify
from libs.wire import origin
from services.hub.events import EpochOpened, KeyRegistered, KeyRevoked, NodeRegistered

CODEC: Final = Codec("hub", [NodeRegistered, EpochOpened, KeyRegistered, KeyRevoked])
PAGE: Final = 1000
_NODES: Final = "select node, site, name, parent, address from registry_node"
_CODES: Final = "select node from registry_node order by node"
_EPOCHS: Final = "select source, epoch from registry_epoch"
_KEYS: Final = "select key, site, public_key, revoked from registry_key"


async def nodes(pool: Pool) -> list[str]:
    """The codes of all nodes of the network, in order."""
    return [row["node"] for row in await pool.fetch(_CODES)]


class ToldRegistry(NamedTuple):
    """Nodes, epochs and keys as the log's facts leave them; `fault`: the log itself is wrong, and nothing was read."""

    nodes: dict[Any, Any]
    epochs: dict[Any, Any]
    keys: dict[Any, Any]
    fault: str = ""


async def told(log: Log) -> ToldRegistry:
    """What the registry's log says. It takes connections of its own: nobody asks for it who holds one."""
    checked = await verify(log)
    if checked.fault is not None:
        return ToldRegistry({}, {}, {}, f"登记册的日志第 {checked.sequence} 号：{checked.fault}")
    nodes: dict[Any, Any] = {}
    epochs: dict[Any, Any] = {}
    keys: dict[Any, Any] = {}
    async with pages(log, size=PAGE) as following:
        async for events in following:
            for event in events:
                match CODEC.decode(event):
                    case NodeRegistered(node=node) as fact:
                        nodes[node] = (fact.site, fact.name, fact.parent, fact.address)
                    case EpochOpened() as fact:
                        epochs[(origin(fact.node, fact.service), fact.epoch)] = ()
                    case KeyRegistered(key=key) as fact:
                        keys[key] = (fact.site, fact.public_key, None)
                    case KeyRevoked(key=key, at=at):
                        keys[key] = (*keys[key][:2], at)
    return ToldRegistry(nodes, epochs, keys)


async def faults(rows: Connection, registry: ToldRegistry) -> list[str]:
    """What is wrong with the registry: with its log, or with rows that say something else."""
    if registry.fault:
        return [registry.fault]
    shown = [
        ("节点", registry.nodes, {row["node"]: tuple(row)[1:] for row in await rows.fetch(_NODES)}),
        ("世代", registry.epochs, {tuple(row): () for row in await rows.fetch(_EPOCHS)}),
        ("密钥", registry.keys, {row["key"]: tuple(row)[1:] for row in await rows.fetch(_KEYS)}),
    ]
    return [f"登记册的{what} {_first(told, rows)} 与其日志所记不同" for what, told, rows in shown if told != rows]


def _first(told: dict[Any, Any], rows: dict[Any, Any]) -> Any:
    """The first name under which both differ."""
    return min(name for name in told.keys() | rows.keys() if told.get(name) != rows.get(name))
