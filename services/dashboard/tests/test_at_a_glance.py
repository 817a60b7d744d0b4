"""The city and the network at a glance: what is wrong comes first, branch by branch, and no address leads where there is no way out."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from libs.web import ListAsk
from services.dashboard.tests import answers
from services.dashboard.tests.answers import node
from services.dashboard.tests.test_pages import page
from services.dashboard.views import CityAsk, city_model, network_model, site_model


def places(**of_the_town: Any) -> tuple[dict[str, Any], ...]:
    """A city, a county, a township of it, and another county; the township is as said."""
    calm: dict[str, Any] = {"yellow": 0, "red": 0}
    return (
        node(code="511500", name="宜宾市", parent="510000", **calm),
        node(code="511525", name="高县", parent="511500", **calm),
        node(code="511525100", name="文江镇", parent="511525", **{**calm, **of_the_town}),
        node(code="511526", name="珙县", parent="511500", **calm),
    )


def tile(name: str, **of_the_town: Any) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {one["name"]: one for one in city_model(answers.city(nodes=places(**of_the_town)))["tiles"]}
    return found[name]


def test_a_tile_stands_for_all_that_is_below_it() -> None:
    assert (tile("高县")["open"], tile("珙县")["open"], tile("宜宾市")["open"]) == (6, 3, 3)
    assert parse_qs(tile("高县")["href"][1:].partition("#")[0]) == {"under": ["511525"]}
    assert parse_qs(tile("珙县")["href"][1:].partition("#")[0]) == {"nodes-find": ["511526"]}


def test_the_colour_of_a_tile_is_that_of_the_worst_below_it() -> None:
    assert (tile("高县")["tone"], tile("高县")["small"]) == ("", "都正常")
    assert (tile("高县", yellow=1)["tone"], tile("高县", red=1)["tone"]) == ("warn", "bad")
    assert (tile("高县", state="gap")["tone"], tile("高县", state="forked")["tone"]) == ("warn", "bad")
    assert tile("珙县", red=1, state="forked")["tone"] == ""


def test_nodes_whose_parents_go_round_in_a_ring_are_shown() -> None:
    ring = node(code="511525", parent="511526"), node(code="511526", parent="511525")
    found = city_model(answers.city(nodes=ring), CityAsk(under="511525"))
    assert [row["code"] for row in found["list"].rows] == ["511525", "511526"]


def test_a_place_that_is_not_seen_is_named_and_the_way_back_is_there() -> None:
    text = page("city.html", city=city_model(answers.city(nodes=places()), CityAsk(under="999999")))
    assert "没有这样的节点" in text
    assert "只看 999999 及其以下。 看全部节点" in text


def test_the_network_counts_what_is_wrong_first() -> None:
    nodes = tuple(node(state, code=f"51152{n}") for n, state in enumerate(("live", "unknown", "gap", "silent", "forked", "live")))
    counts = network_model(answers.city(nodes=nodes), [], answers.status(), ListAsk(), ListAsk())["counts"]
    assert [(text, count) for text, _, count in counts] == [("链分叉", 1), ("静默", 1), ("缺号待补", 1), ("未接入", 1), ("在线", 2)]


def test_what_stopped_at_this_site_is_called_by_its_word() -> None:
    wrong = site_model([], answers.status(parked=3, stopped=True, away=("kafka",)), ListAsk())["wrong"]
    assert [(row.kind, row.place, row.code) for row in wrong] == [
        ("stopped", "本部署 · 办件", "intake"),
        ("stopped", "本部署", "kafka"),
        ("parked", "本部署 · 办件", "intake"),
    ]
