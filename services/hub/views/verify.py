"""The archive read again, byte for byte, and held against what the nodes signed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from libs.database import Pool
from libs.wire import Position, broken, parse_checkpoint, signed_by
from services.hub.views.archive import Key, feeds, pages

STATES: Final[Mapping[str, str]] = {"gap": "有缺口", "forked": "分叉"}


async def verify(pool: Pool) -> dict[str, Any]:
    """Reads the archive again, byte for byte, and holds it against what the nodes signed.

    `faults` has the first fault of each feed, and `verified` says that there is none; `events` are verified, `waiting` have no checkpoint yet.
    """
    signed, faults = await _signed(pool)
    count = waiting = 0
    for feed in await feeds(pool):
        key = (feed["source"], feed["epoch"])
        fault = await _broken(pool, key, feed["verified"], signed.get(key, {}))
        if fault is None and feed["state"] != "live":
            fault = (feed["verified"], f"来源{STATES[feed['state']]}：已存到第 {feed['archived']} 号，已知到第 {feed['ahead']} 号")
        if fault is not None:
            faults.append({"source": feed["source"], "epoch": feed["epoch"], "sequence": fault[0], "fault": fault[1]})
        count += feed["verified"]
        waiting += feed["archived"] - feed["verified"]
    return {"verified": not faults, "events": count, "waiting": waiting, "faults": faults}


async def _signed(pool: Pool) -> tuple[dict[Key, dict[int, str]], list[dict[str, Any]]]:
    """What the kept checkpoints sign, per feed and number; one whose signature does not hold is a fault."""
    signed: dict[Key, dict[int, str]] = {}
    faults: list[dict[str, Any]] = []
    for row in await pool.fetch("select node, counter, value, signature from checkpoint order by node, counter"):
        word = parse_checkpoint(row["value"])
        public = await pool.fetchval("select public_key from registry_key where key = $1", word.key)
        if public is None or not signed_by(public, row["value"], row["signature"]):
            faults.append(
                {
                    "source": f"urn:liandong:{row['node']}",
                    "epoch": 0,
                    "sequence": row["counter"],
                    "fault": "留存的检查点签名无效",
                }
            )
            continue
        for feed in word.feeds:
            signed.setdefault((feed.source, feed.epoch), {})[feed.sequence] = feed.hash
    return signed, faults


async def _broken(pool: Pool, key: Key, upto: int, signed: dict[int, str]) -> tuple[int, str] | None:
    """The first number of a feed up to `upto` that is not what was chained and signed, and why."""
    before: Position | None = None
    async for events in pages(pool, key, upto):
        for event in events:
            if (fault := broken(event, before)) is not None:
                return (before.sequence if before else 0) + 1, fault
            if signed.get(event.sequence, event.hash) != event.hash:
                return event.sequence, "节点签过的是另一个哈希"
            before = Position(event.source, event.epoch, event.sequence, event.hash)
    reached = before.sequence if before else 0
    if reached < upto:
        return reached + 1, f"档案止于第 {reached} 号，核验过的是第 {upto} 号"
    return (reached, "节点的签名没有到这里") if reached > max(signed, default=0) else None
