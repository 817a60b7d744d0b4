"""What the city asks of its views: the city at a glance, one case, a replayed log. SQL you can paste into psql."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from libs.contracts import phases
from libs.database import Connection
from libs.workdays import CHINA
from services.hub.views import OPEN

SILENT: Final = timedelta(seconds=90)
"""A node is silent after three intervals without a checkpoint."""

_NODES: Final = """
select r.node as code, r.name, r.parent, r.site, r.address, n.counter, n.time, n.seen,
       coalesce(f.gap, false) as gap, coalesce(f.forked, false) as forked, coalesce(f.events, 0)::bigint as events
from registry_node r
left join city_node n using (node)
left join (select node, bool_or(missing) as gap, bool_or(forked) as forked, sum(verified) as events
           from city_feed group by node) f using (node)
where r.node = any ($1::text[]) order by r.node"""
_NUMBERS: Final = """
select c.node, c.kind, c.n, coalesce(d.n, 0)::bigint as today
from city_count c left join (select node, kind, sum(n) as n from city_day where day = $1 group by node, kind) d using (node, kind)"""
_CARDS: Final = """
select c.*, r.name as node_name, k.item_name from city_card c left join registry_node r using (node) left join city_case k using (number, node)
order by at desc, card limit $1"""
_RECENT: Final = """
select c.number, c.node, c.item_name, c.phase, c.suspensions, c.filed_at, c.imported, c.red, c.yellow, r.name as node_name
from city_case c left join registry_node r using (node) order by filed_at desc nulls last, number desc limit $1"""
_FINDINGS: Final = """
select f.*, r.name as node_name from city_finding f left join registry_node r using (node) order by at desc, finding limit $1"""
_CASE: Final = """
select c.*, r.name as node_name, r.address from city_case c left join registry_node r using (node)
where number = $1 order by starts_with($1, node || '-') desc, filed_at, node limit 1"""
_REPLAY: Final = """
select node, number, ref, closed_at is not null as closed, yellow, red, statutory_red from city_case where timeline = $1 order by ref"""
_REPLAY_FOUND: Final = """
select distinct f.detector, c.node, c.number, c.ref from city_case c join city_finding f using (node, number)
where c.timeline = $1"""


async def nodes(rows: Connection, codes: Sequence[str], now: datetime) -> list[dict[str, Any]]:
    """Registered nodes by their codes, each with its numbers, its place in the network, how old its newest checkpoint is."""
    numbers: dict[str, dict[str, tuple[int, int]]] = {}
    for row in await rows.fetch(_NUMBERS, now.astimezone(CHINA).date()):
        numbers.setdefault(row["node"], {})[row["kind"]] = (row["n"], row["today"])
    return [_node(dict(row), numbers.get(row["code"], {}), now) for row in await rows.fetch(_NODES, codes)]


def _node(row: dict[str, Any], numbers: dict[str, tuple[int, int]], now: datetime) -> dict[str, Any]:
    def of(kind: str, place: int = 0) -> int:
        return numbers.get(kind, (0, 0))[place]

    same = ("code", "name", "parent", "site", "address", "events")
    return {
        **{name: row[name] for name in same},
        "open": of(OPEN),
        "counter": row["counter"] or 0,
        "seen": row["seen"],
        "age_seconds": (now - row["seen"]).total_seconds() if row["seen"] else None,
        "state": state_of(row, now),
        "filed": of("filed"),
        "filed_today": of("filed", 1),
        "finished": of("finished"),
        "finished_today": of("finished", 1),
        "yellow": of("yellow"),
        "red": of("red"),
    }


def state_of(row: dict[str, Any], now: datetime) -> str:
    """The state of a node: live, gap, forked, silent, or unknown where no checkpoint of it ever came."""
    if row["seen"] is None:
        return "unknown"
    if row["forked"]:
        return "forked"
    if row["gap"]:
        return "gap"
    return "silent" if now - row["seen"] > SILENT else "live"


async def city(rows: Connection, codes: Sequence[str], now: datetime, latest: int = 12) -> dict[str, Any]:
    """The city at a glance, as far as these nodes go."""
    cards = [{**dict(row), "case": row["number"]} for row in await rows.fetch(_CARDS, latest)]
    findings = [{**dict(row), "case": row["number"]} for row in await rows.fetch(_FINDINGS, latest)]
    recent = [{**_shown(dict(row)), "case": row["number"]} for row in await rows.fetch(_RECENT, latest)]
    return {"now": now, "nodes": await nodes(rows, codes, now), "cards": cards, "findings": findings, "recent": recent}


async def case(rows: Connection, number: str) -> dict[str, Any] | None:
    """One case's row and its clocks."""
    row = await rows.fetchrow(_CASE, number)
    if row is None:
        return None
    clocks = await rows.fetch("select * from city_clock where number = $1 order by clock, node", number)
    return {"case": _shown(dict(row)), "address": row["address"], "clocks": [dict(clock) for clock in clocks]}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A case's row, with the mark that its clocks are suspended in place of what was told of that."""
    told = row.pop("suspensions")
    return {**row, "suspended": phases().suspended(told, row["phase"] or "")}


async def replayed(rows: Connection, log: str) -> dict[str, Any]:
    """What a replayed log came to, by the log's own case names; each case once per detector, under whatever versions of its rule."""
    cases = await rows.fetch(_REPLAY, log)
    per_node: dict[str, dict[str, int]] = {}
    for row in cases:
        node = per_node.setdefault(row["node"], {"cases": 0, "closed": 0, "red": 0})
        node["cases"] += 1
        node["closed"] += row["closed"]
        node["red"] += row["red"]
    findings: dict[str, list[str]] = {}
    for row in await rows.fetch(_REPLAY_FOUND, log):
        findings.setdefault(row["detector"], []).append(row["ref"])
    feeds = await rows.fetch("select source, verified from city_feed")
    return {
        "cases": len(cases),
        "closed": sum(row["closed"] for row in cases),
        **{key: [row["ref"] for row in cases if row[key]] for key in ("red", "yellow", "statutory_red")},
        "findings": findings,
        "nodes": per_node,
        "feeds": {row["source"]: row["verified"] for row in feeds},
        "events": sum(row["verified"] for row in feeds),
    }
