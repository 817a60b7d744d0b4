"""Invariant 3: what the city shows of a node is what comes of that node's feeds, as its site gives them, heard once and in order."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

import asyncpg

from libs.database import open_pool, prepare, working
from libs.wire import Recorded, decode_page, node_of
from libs.workdays import CHINA
from services.hub.inbox.rows import fold
from services.hub.views import save
from services.onebox import OneBox, SiteOfBox, send

SHOWN: Final = ("city_case", "city_day", "city_count", "city_clock", "city_card", "city_finding", "city_waiting")
"""The tables of the city's views; each row is one node's."""
_OPEN: Final = "select number, node from city_case where filed_at is not null and finished_at is null"
COUNTED: Final[Mapping[str, str]] = {"CaseFiled": "filed", "CaseAccepted": "accepted", "CaseDecided": "decided"}
"""Facts that the city counts by their day."""
PAGE: Final = 500
Rows = dict[str, Counter[tuple[Any, ...]]]
"""By table; a row as its values, as often as it is there."""
Day = tuple[str, str, date]
"""Node, kind, day in China."""


def feed_of(site: SiteOfBox, source: str, epoch: int = 1) -> list[Recorded]:
    """A whole feed, as the site's feed API gives it, page by page."""
    return list(_pages(site, f"/feed/{node_of(source)}/{source.rpartition(':')[2]}/{epoch}"))


def archive_of(city: SiteOfBox, source: str, epoch: int = 1) -> list[Recorded]:
    """A whole feed, as the city has archived it."""
    return list(_pages(city, f"/hub/feed/{node_of(source)}/{source.rpartition(':')[2]}/{epoch}"))


def _pages(site: SiteOfBox, path: str) -> Iterator[Recorded]:
    after = 0
    with site.client() as client:
        while True:
            answer = client.get(path, params={"after": after, "limit": PAGE})
            answer.raise_for_status()
            events = decode_page(answer.content)
            yield from events
            if len(events) < PAGE:
                return
            after = events[-1].sequence


def heads_of(site: SiteOfBox) -> dict[str, dict[str, Any]]:
    """Every published feed of the site that has events, by its source."""
    with site.client() as client:
        services = send(client, "GET", "/site/status")["services"].values()
    return {head["source"]: head for service in services for head in service["heads"]}


def feeds_of(box: OneBox) -> dict[str, list[Recorded]]:
    """Every feed of every site, whole, by its source."""
    return {source: feed_of(site, source) for site in box.sites for source in heads_of(site)}


async def folded(owner: str, events: Sequence[Recorded]) -> Rows:
    """The city's rows of these events, made in an empty city's database of its own, which is gone afterwards."""
    name = f"fold_{uuid.uuid4().hex[:12]}"
    connection = await asyncpg.connect(owner)
    await connection.execute(f'create database "{name}"')
    try:
        pool = await open_pool(await prepare(urlsplit(owner)._replace(path=f"/{name}").geturl(), "hub"), "hub")
        async with working(pool, "fold") as ours:
            await save(ours, fold(events))
            found = await rows_of(ours)
        await pool.close()
    finally:
        await connection.execute(f'drop database "{name}" with (force)')
        await connection.close()
    return found


async def rows_of(connection: Any, node: str = "") -> Rows:
    """What the city shows of a node; of every node where none is named. `connection` sees the hub's schema."""
    where = "where node = $1" if node else ""
    said = [node] if node else []
    asked = {**{table: f"select * from {table} {where}" for table in SHOWN}, "open": f"select number from ({_OPEN}) o {where}"}
    return {name: Counter(tuple(row.values()) for row in await connection.fetch(query, *said)) for name, query in asked.items()}


async def shown(owner: str, node: str) -> Rows:
    """What the running city shows of a node. `owner` is the address of the city's database as its owner."""
    connection = await asyncpg.connect(owner, server_settings={"search_path": "hub"})
    try:
        return await rows_of(connection, node)
    finally:
        await connection.close()


def counted(events: Iterable[Recorded]) -> Counter[Day]:
    """Facts of a day, counted straight from the feed, by no code of the city's."""
    named = ((event, event.type.split(".")[2]) for event in events if event.source.endswith(":intake"))
    return Counter((event.node, COUNTED[name], event.time.astimezone(CHINA).date()) for event, name in named if name in COUNTED)


def counts_shown(rows: Rows) -> Counter[Day]:
    """The same counts, as the city shows them: its columns are node, item, day, kind, n."""
    found: Counter[Day] = Counter()
    for (node, _item, day, kind, n), times in rows["city_day"].items():
        if kind in COUNTED.values():
            found[(node, kind, day)] += n * times
    return found


def totals(rows: Rows) -> Counter[str]:
    """Over all days, added up from the city's own days; and open cases, counted one by one."""
    found: Counter[str] = Counter()
    for (_node, _item, _day, kind, n), times in rows["city_day"].items():
        found[kind] += n * times
    return found + Counter({"open": rows["open"].total()})


def totals_shown(rows: Rows) -> Counter[str]:
    """The same, as the city keeps it: node, kind, n."""
    return Counter({kind: n for _node, kind, n in rows["city_count"] if n})


def differences(ours: Rows, theirs: Rows) -> list[str]:
    """Rows that stand on one side only, table by table; empty where both are the same."""
    wrong = []
    for table in SHOWN:
        wrong += [f"{table}: only in the fold: {row}" for row in (ours[table] - theirs[table])]
        wrong += [f"{table}: only at the city: {row}" for row in (theirs[table] - ours[table])]
    return wrong


async def misfits(owner: str, city: str, node: str, events: Sequence[Recorded]) -> list[str]:
    """Where the city's rows of `node` are not what its feeds come to. `owner`: the server; `city`: the city's database, as its owner."""
    at_city = await shown(city, node)
    wrong = differences(await folded(owner, events), at_city)
    if counted(events) != counts_shown(at_city):
        wrong.append(f"{node}: daily counts are not those of the feed")
    if totals(at_city) != totals_shown(at_city):
        wrong.append(f"{node}: {totals_shown(at_city)} over all days, but the days and cases come to {totals(at_city)}")
    return wrong
