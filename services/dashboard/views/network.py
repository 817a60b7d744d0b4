"""The network: what is wrong first, each with its age and what to do next; then every feed, those that are well last."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from libs.web import ListAsk, ListColumn, listed
from libs.words import SERVICES
from services.dashboard.views.shared import ShownRow, moment
from services.dashboard.views.words import STATES, TROUBLES

LATE: Final = 45
"""Seconds: a checkpoint comes every thirty; half of one more is not yet late."""
A_SCREEN: Final = 25
WRONG, FEEDS, NODES = "wrong", "feeds", "nodes"
"""The lists' names in the address."""
HERE: Final = "本部署"
_ORDER: Final = tuple(TROUBLES)
_COUNTED: Final = sorted(STATES, key=lambda state: _ORDER.index(state) if state in _ORDER else len(_ORDER))
"""States of nodes, the worst first, those that are well last."""


class Trouble(NamedTuple):
    """Something that is wrong: of what kind, where, since when or how long, and how much of it."""

    kind: str
    place: str
    code: str
    seen: datetime | None = None
    age: float | None = None
    detail: str = ""


WRONG_COLUMNS: Final[Sequence[ListColumn[Trouble]]] = (
    ListColumn("place", "哪里", lambda row: f"{row.code} {row.place}", finds=True),
    ListColumn("kind", "怎么了", lambda row: _ORDER.index(row.kind)),
    ListColumn("age", "多久", lambda row: row.age, falling=True),
    ListColumn("next", "接下来", lambda row: row.kind, sorts=False),
)
FEED_COLUMNS: Final[Sequence[ListColumn[ShownRow]]] = (
    ListColumn("source", "来源", lambda row: row["place"], finds=True),
    ListColumn("state", "状态", lambda row: (row["state"] == "live", not row["waiting"])),
    ListColumn("epoch", "世代", lambda row: row["epoch"], number=True),
    ListColumn("kept", "已存", lambda row: row["verified"] + row["waiting"], number=True, falling=True),
    ListColumn("verified", "已核验", lambda row: row["verified"], number=True, falling=True),
    ListColumn("hash", "链头", lambda row: row["hash"], sorts=False),
)


NODE_COLUMNS: Final[Sequence[ListColumn[ShownRow]]] = (
    ListColumn("name", "节点", lambda row: f"{row['code']} {row['name']}", finds=True),
    ListColumn("open", "在办", lambda row: row["open"], number=True, falling=True),
    ListColumn("cases", "收件", lambda row: row["cases"], number=True, falling=True),
    ListColumn("finished", "终结", lambda row: row["finished"], number=True, falling=True),
)


def network_model(city: ShownRow, feeds: Sequence[ShownRow], status: ShownRow, wrong: ListAsk, shown: ListAsk) -> dict[str, Any]:
    """What is wrong, by how bad it is; the feeds; how many nodes are in which state."""
    names = {node["code"]: node["name"] for node in city["nodes"]}
    found = sorted([*_of_nodes(city["nodes"]), *_of_feeds(feeds, names), *_of_services(status)], key=_how_bad)
    states = [node["state"] for node in city["nodes"]]
    return {
        "now": moment(city["now"]),
        "nodes": len(states),
        "counts": [(*STATES[state], states.count(state)) for state in _COUNTED if state in states],
        "wrong": listed(found, WRONG_COLUMNS, wrong, size=A_SCREEN, name=WRONG, kept=shown.words(FEEDS)),
        "serious": sum(TROUBLES[one.kind].tone != "mute" for one in found),
        "words": TROUBLES,
        "feeds": listed(feed_rows(feeds), FEED_COLUMNS, shown, order="state", size=A_SCREEN, name=FEEDS, kept=wrong.words(WRONG)),
    }


def site_model(nodes: Sequence[ShownRow], status: ShownRow, shown: ListAsk) -> dict[str, Any]:
    """A site's own nodes, how far its services are, what is wrong with them."""
    services = [
        {
            "name": SERVICES.get(name, name),
            "events": sum(head["sequence"] for head in service["heads"]),
            "waiting": sum(head["relay_depth"] for head in service["heads"]),
            "parked": service["parked"],
        }
        for name, service in status["services"].items()
    ]
    return {
        "list": listed(nodes, NODE_COLUMNS, shown, order="-open", size=A_SCREEN, name=NODES),
        "services": services,
        "waiting": sum(service["waiting"] for service in services),
        "wrong": sorted(_of_services(status), key=_how_bad),
        "words": TROUBLES,
    }


def _how_bad(one: Trouble) -> int:
    return _ORDER.index(one.kind)


def feed_rows(found: Sequence[ShownRow]) -> list[dict[str, Any]]:
    """The city's feeds with their places and the words of their states."""
    return [_feed(feed) for feed in found]


def _feed(feed: ShownRow) -> dict[str, Any]:
    text, tone = STATES[feed["state"]]
    if feed["state"] == "live":
        text, tone = ("待检查点", "warn") if feed["waiting"] else ("一致", "ok")
    return {**feed, "place": _place(feed), "state_text": text, "tone": tone}


def _place(feed: ShownRow) -> str:
    """A feed's node and service."""
    _, _, node, service = str(feed["source"]).split(":")
    return f"{node}/{service}"


def _of_nodes(nodes: Sequence[ShownRow]) -> Iterator[Trouble]:
    for node in nodes:
        age = node["age_seconds"]
        kind = node["state"] if node["state"] in ("silent", "unknown") else "late" if (age or 0) > LATE else ""
        if kind:
            yield Trouble(kind, node["name"], node["code"], moment(node["seen"]), age)


def _of_feeds(feeds: Sequence[ShownRow], names: Mapping[str, str]) -> Iterator[Trouble]:
    for feed in feeds:
        kind = feed["state"] if feed["state"] != "live" else "behind" if feed["waiting"] else ""
        if kind:
            waiting = f"，{feed['waiting']:,} 条在等" if feed["waiting"] else ""
            detail = f"已核验到第 {feed['verified']:,} 号{waiting}"
            yield Trouble(kind, names.get(feed["node"], feed["node"]), _place(feed), detail=detail)


def _of_services(status: ShownRow) -> Iterator[Trouble]:
    """What this very site says of its services."""
    for name, service in status["services"].items():
        if service["parked"]:
            yield Trouble("parked", _here(name), name, detail=f"{service['parked']:,} 条")
        if down := [*service["loops_down"], *service["views_stopped"]]:
            yield Trouble("stopped", _here(name), name, detail="、".join(down))
    for name in (*status["away"], *status["loops_down"], *status["views_stopped"]):
        yield Trouble("stopped", _here(name), name)


def _here(name: str) -> str:
    """A part of this very site as people call it."""
    return f"{HERE} · {SERVICES[name]}" if name in SERVICES else HERE
