"""The archive read again, byte for byte, from what the nodes signed: every kept checkpoint must be reached; and the registry against its log."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final

from libs.database import Connection
from libs.wire import Position, Recorded, broken, node_of, parse_checkpoint, signed_by
from services.hub.views import archive, registry
from services.hub.views.archive import Key

STATES: Final[Mapping[str, str]] = {"gap": "有缺口", "forked": "分叉"}
_KEPT: Final = """
select c.node, c.counter, c.value, c.signature, c.received from checkpoint c order by c.node, c.counter"""
_KEYS: Final = "select key, public_key, revoked from registry_key"
_MISSED: Final = """
select n.node, n.counter, max(c.counter) as kept from city_node n left join checkpoint c using (node)
group by n.node, n.counter having coalesce(max(c.counter), 0) <> n.counter order by n.node"""
_STRANGE: Final = """
select f.source, f.epoch from city_feed f left join registry_epoch r using (source, epoch) where r.epoch is null order by source, epoch"""

Signed = dict[Key, dict[int, str]]
"""What was signed of each feed: numbers and hashes."""


async def verify(rows: Connection, source: str, told: registry.ToldRegistry) -> dict[str, Any]:
    """Reads the archive again, byte for byte, and holds it against what the nodes signed, feed by feed that was signed or is there; and the
    registry's rows against what its log, `source`, says.

    `faults` has the first fault of each feed, and `verified` says that there is none; `events` are verified, `waiting` are candidates.
    """
    signed, faults = await _signed(rows)
    faults += [_fault((row["source"], row["epoch"]), 0, "登记册中没有这一世代") for row in await rows.fetch(_STRANGE)]
    faults += [_fault((source, 0), 0, fault) for fault in await registry.faults(rows, told)]
    feeds = {(feed["source"], feed["epoch"]): feed for feed in await archive.feeds(rows)}
    for key in sorted(signed.keys() | feeds.keys()):
        if (found := await _held(rows, key, feeds.get(key), signed.get(key, {}))) is not None:
            faults.append(_fault(key, *found))
    events, waiting = (sum(feed[name] for feed in feeds.values()) for name in ("verified", "waiting"))
    return {"verified": not faults, "events": events, "waiting": waiting, "faults": faults}


async def _signed(rows: Connection) -> tuple[Signed, list[dict[str, Any]]]:
    """What the kept checkpoints sign; one whose signature does not hold, or that is missing, is a fault."""
    signed: Signed = {}
    keys = {row["key"]: row for row in await rows.fetch(_KEYS)}
    missed = await rows.fetch(_MISSED)
    faults = [_of_node(row["node"], row["counter"], "见过的最新检查点没有留存") for row in missed]
    for row in await rows.fetch(_KEPT):
        word = parse_checkpoint(row["value"])
        key = keys.get(word.key)
        if key is None or not signed_by(key["public_key"], row["value"], row["signature"]):
            faults.append(_of_node(row["node"], row["counter"], "留存的检查点签名无效"))
        elif key["revoked"] is not None and key["revoked"] <= row["received"]:
            faults.append(_of_node(row["node"], row["counter"], "留存的检查点由已注销的密钥签名"))
        else:
            for line in word.feeds:
                signed.setdefault((line.source, line.epoch), {})[line.sequence] = line.hash
    return signed, faults


def _of_node(node: str, counter: int, fault: str) -> dict[str, Any]:
    return _fault((f"urn:liandong:{node}", 0), counter, fault)


def _fault(key: Key, sequence: int, fault: str) -> dict[str, Any]:
    return {"source": key[0], "epoch": key[1], "sequence": sequence, "fault": fault}


async def _held(rows: Connection, key: Key, feed: Mapping[str, Any] | None, signed: Mapping[int, str]) -> tuple[int, str] | None:
    """The first number of a feed that is not what was chained and signed, and why."""
    newest = max(signed, default=0)
    if feed is None:
        return (1, f"节点 {node_of(key[0])} 签过这一来源到第 {newest} 号，这里没有它") if newest else None
    before: Position | None = None
    async for event in _kept(rows, key, max(newest, feed["verified"])):
        if (fault := broken(event, before)) is not None:
            return (before.sequence if before else 0) + 1, fault
        if signed.get(event.sequence, event.hash) != event.hash:
            return event.sequence, "节点签过的是另一个哈希"
        before = Position(event.source, event.epoch, event.sequence, event.hash)
    reached = before.sequence if before else 0
    if reached < max(newest, feed["verified"]):
        state = f"来源{STATES[feed['state']]}；" if feed["state"] in STATES else ""
        return reached + 1, f"{state}档案止于第 {reached} 号，核验过的是第 {feed['verified']} 号，签过的是第 {newest} 号"
    if feed["state"] != "live":
        return reached, f"来源{STATES[feed['state']]}：已知到第 {feed['ahead']} 号"
    return (reached, "节点的签名没有到这里") if reached > newest else None


async def _kept(rows: Connection, key: Key, upto: int) -> AsyncIterator[Recorded]:
    """The events of a feed in the archive, and behind them those of its chosen chain that are being moved there."""
    after = 0
    while True:
        events = await archive.page(rows, key, after, upto, archive.PAGE) or await archive.chosen(rows, key, after, upto, archive.PAGE)
        for event in events:
            yield event
        if not events:
            return
        after = events[-1].sequence
