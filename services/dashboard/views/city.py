"""The city at a glance: totals, a tile for every branch of the division tree, a list of nodes with red first, cards that say what happened to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from libs.web import ListAsk, ListColumn, listed
from libs.words import CLOCKS, VALUES, addressed, word
from services.dashboard.views.shared import ShownRow, moment, placed
from services.dashboard.views.words import CARD_TITLES, STATES

Only = Literal["", "red", "yellow", "line"]
SUMS: Final = ("open", "finished", "yellow", "red", "filed_today", "finished_today")
NODES: Final = "nodes"
"""The list's name in the address."""
A_SCREEN: Final = 25
_WORST: Final = ("live", "unknown", "silent", "gap", "forked")
ONLY: Final[Mapping[Only, str]] = {"": "全部", "red": "有红牌", "yellow": "有黄牌", "line": "线路异常"}


class CityAsk(NamedTuple):
    """What a reader asks of the list of nodes: its state, what kind of nodes, and below which node."""

    nodes: ListAsk = ListAsk()
    only: Only = ""
    under: str = ""

    @property
    def kept(self) -> dict[str, str]:
        """What the address says beside the list's own words."""
        return {name: value for name, value in (("only", self.only), ("under", self.under)) if value}


def _worst(row: ShownRow) -> tuple[int, int, int]:
    """Red first, then yellow, then those whose line is not well."""
    return row["red"], row["yellow"], _WORST.index(row["state"])


COLUMNS: Final[Sequence[ListColumn[ShownRow]]] = (
    ListColumn("name", "节点", lambda row: f"{row['code']} {row['name']}", finds=True),
    ListColumn("red", "红牌", _worst, number=True, falling=True),
    ListColumn("yellow", "黄牌", lambda row: row["yellow"], number=True, falling=True),
    ListColumn("line", "网络", lambda row: (_WORST.index(row["state"]), row["age_seconds"] or 0), falling=True),
    ListColumn("open", "在办", lambda row: row["open"], number=True, falling=True),
    ListColumn("filed", "今日收件", lambda row: row["filed_today"], number=True, falling=True),
    ListColumn("finished", "终结", lambda row: row["finished"], number=True, falling=True),
)


def city_model(found: ShownRow, ask: CityAsk | None = None) -> dict[str, Any]:
    """Nodes with their state as words, totals, tiles, cards with times."""
    asked = ask or CityAsk()
    nodes = [_node(node) for node in found["nodes"]]
    below: Sequence[ShownRow] = _below(nodes).get(asked.under, []) if asked.under else nodes
    shown = [node for node in below if _is(node, asked.only)]
    return {
        "now": moment(found["now"]),
        "nodes": nodes,
        "live": sum(node["state"] == "live" for node in nodes),
        "total": {key: sum(node[key] for node in nodes) for key in SUMS},
        "tiles": tiles(nodes),
        "list": listed(shown, COLUMNS, asked.nodes, order="-red", size=A_SCREEN, name=NODES, kept=asked.kept),
        "choices": [
            (text, sum(_is(node, only) for node in below), _address(asked._replace(only=only)), only == asked.only)
            for only, text in ONLY.items()
        ],
        "under": next((node["name"] for node in nodes if node["code"] == asked.under), asked.under),
        "everywhere": _address(asked._replace(under="")),
        "cards": [_card(card) for card in found["cards"]],
        "findings": [{**row, "at": moment(row["at"]), "what": word(row["detector"], VALUES["detector"])} for row in found["findings"]],
        "recent": [{**placed(row), "filed_at": moment(row["filed_at"])} for row in found["recent"]],
    }


def tiles(nodes: Sequence[ShownRow]) -> list[dict[str, Any]]:
    """A tile for every node right below the highest that is seen, with all below it; the highest itself with its own."""
    known = {node["code"] for node in nodes}
    roots = {node["code"]: node for node in nodes if node["parent"] not in known}
    heads = [node for node in nodes if node["parent"] in roots]
    below = _below(nodes)
    return [*(_tile(root, [root]) for root in roots.values()), *(_tile(node, below[node["code"]]) for node in heads)]


def _tile(node: ShownRow, below: Sequence[ShownRow]) -> dict[str, Any]:
    total = {key: sum(one[key] for one in below) for key in SUMS}
    ill = sum(one["state"] not in ("live", "unknown") for one in below)
    forked = any(one["state"] == "forked" for one in below)
    tone = "bad" if total["red"] or forked else "gone" if node["state"] == "silent" else "warn" if total["yellow"] or ill else ""
    words = [f"{text} {count}" for text, count in (("红", total["red"]), ("黄", total["yellow"]), ("线路异常", ill)) if count]
    under = node["code"] if len(below) > 1 else ""
    href = _address(CityAsk(under=under)) if under else _address(CityAsk(nodes=ListAsk(find=node["code"])))
    return {"name": node["name"], "open": total["open"], "small": " · ".join(words) or "都正常", "tone": tone, "href": href}


def _below(nodes: Sequence[ShownRow]) -> dict[str, list[ShownRow]]:
    """Of every node that is seen, itself and those below it, as far as they are seen."""
    parents = {node["code"]: node["parent"] for node in nodes}
    found: dict[str, list[ShownRow]] = {code: [] for code in parents}
    for node in nodes:
        line = [node["code"]]
        while (above := parents[line[-1]]) in parents and above not in line:
            line.append(above)
        for code in line:
            found[code].append(node)
    return found


def _is(node: ShownRow, only: Only) -> bool:
    """Whether the node is of the kind that is asked for."""
    kinds: dict[Only, bool] = {"": True, "red": node["red"] > 0, "yellow": node["yellow"] > 0, "line": node["state"] != "live"}
    return kinds[only]


def _address(asked: CityAsk) -> str:
    """The address of the list that is asked for, from its first page on."""
    empty: Iterable[ShownRow] = ()
    return listed(empty, COLUMNS, asked.nodes, name=NODES, kept=asked.kept).address(page=1)


def _node(node: ShownRow) -> dict[str, Any]:
    text, tone = STATES[node["state"]]
    return {**node, "state_text": text, "tone": tone, "seen": moment(node["seen"])}


def _card(card: ShownRow) -> dict[str, Any]:
    what = CARD_TITLES[card["colour"]].format(word(card["clock_kind"], CLOCKS))
    return {**card, "at": moment(card["at"]), "due_at": moment(card["due_at"]), "what": what, "whom": addressed(card)}
