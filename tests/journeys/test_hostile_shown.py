"""Harmful text that may be kept is kept whole and shown harmless: a whole journey is written in it, and every page that shows it is opened."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from libs.testkit.browsing import chromium
from services.onebox import Door, OneBox, SiteOfBox, publish, settle, work
from services.onebox.items import ITEMS
from tests.journeys.hostile import KEPT, texts
from tests.journeys.looking import Looking, shown_to
from tests.journeys.walking import CITY, COUNTY, DISTRICT, signed_in, walkers

pytestmark = pytest.mark.server
PLACES: Final = {CITY: DISTRICT, COUNTY: "511525113"}
"""A node of each site whose items nobody else works with."""
CASES: Final = 8
_WORDS: Final = re.compile("[\u4e00-\u9fff]")


@dataclass
class Spoiler:
    """Puts harmful text behind every free text that is sent: the same behind the same, so that what has to agree still does."""

    described: Mapping[str, Any]
    told: dict[str, str] = field(default_factory=dict)

    def spoil(self, path: str, body: Any) -> Any:
        """The body of a command, harmful wherever its form takes any text."""
        schema = next(self._forms(path))
        free = {one.at: one.schema for one in texts(schema, self.described["components"]["schemas"])}
        return self._spoiled(body, (), free)

    def _forms(self, path: str) -> Iterator[Mapping[str, Any]]:
        for pattern, methods in self.described["paths"].items():
            if "post" in methods and re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", pattern), path):
                yield methods["post"].get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})

    def _spoiled(self, value: Any, at: tuple[str | int, ...], free: Mapping[tuple[str | int, ...], Mapping[str, Any]]) -> Any:
        if isinstance(value, dict):
            return {name: self._spoiled(one, (*at, name), free) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self._spoiled(one, (*at, 0), free) for one in value]
        if not isinstance(value, str) or not _WORDS.search(value) or "enum" in free[at]:
            return value
        return self.told.setdefault(value, value + self._harm(free[at], len(value)))

    def _harm(self, schema: Mapping[str, Any], length: int) -> str:
        fit = [text for text in KEPT.values() if length + len(text) <= schema["maxLength"]]
        return fit[len(self.told) % len(fit)]


class SpoilingDoor(Door):
    """The front door, with everything that is said there spoiled, and what is said of the site's own node said of another."""

    def __init__(self, site: SiteOfBox, ahead: str) -> None:
        super().__init__(site, ahead)
        with site.client() as client:
            self.spoiler = Spoiler(client.get("/openapi.json").json())

    def post(self, who: str, path: str, key: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        path = path.replace(f"/nodes/{self.site.code}/", f"/nodes/{PLACES[self.site.code]}/")
        return super().post(who, path, key, self.spoiler.spoil(path, body) if body else body)


@pytest.fixture(scope="module", params=[CITY, COUNTY])
def spoiled(box: OneBox, request: pytest.FixtureRequest) -> tuple[SiteOfBox, Mapping[str, str]]:
    """A site, and what was told there, by the harmless text it was made of."""
    site, node = box.site(request.param), PLACES[request.param]
    with closing(SpoilingDoor(site, "hostile")) as door:
        publish(door, site.code)
        settle(box)  # else a case would be taken by the procedure of the node above
        for n in range(CASES):
            work(door, node, n, datetime.now(UTC))
    settle(box)
    assert len(set(door.spoiler.told)) > 40
    return site, door.spoiler.told


def cases(site: SiteOfBox) -> dict[str, str]:
    """The name of each case's item, as the site answers it."""
    with site.client() as client:
        found = client.get(f"/intake/nodes/{PLACES[site.code]}/cases", params={"limit": 100}).json()["cases"]
        items = client.get(f"/catalogue/nodes/{PLACES[site.code]}/items").json()["items"]
    names = {row["item"]: row["name"] for row in items}
    return {row["case"]: names[row["item"]] for row in found}


def test_what_was_kept_comes_back_as_it_was_sent(spoiled: tuple[SiteOfBox, Mapping[str, str]]) -> None:
    site, told = spoiled
    with site.client("editor") as client:
        items = client.get(f"/catalogue/nodes/{PLACES[site.code]}/items").json()["items"]
    names = {row["item"]: row["name"] for row in items}
    assert {code: names[code] for code, *_ in ITEMS} == {code: told[name] for code, name, *_ in ITEMS}
    assert len(cases(site)) == CASES


async def test_every_page_shows_it_whole_and_harmless(box: OneBox, spoiled: tuple[SiteOfBox, Mapping[str, str]]) -> None:
    site, _ = spoiled
    assert await asyncio.to_thread(seen_at, site, cases(site)) == []


async def test_the_city_shows_what_a_county_says_whole_and_harmless(box: OneBox, spoiled: tuple[SiteOfBox, Mapping[str, str]]) -> None:
    site, _ = spoiled
    assert await asyncio.to_thread(seen_at, box.city, cases(site)) == []


def seen_at(site: SiteOfBox, names: Mapping[str, str]) -> list[str]:
    """What is wrong with the pages of these cases and all that they lead to, as the site's leader sees them."""
    leader = next(who for who in walkers(site) if who.word == "leader")
    faults = list[str]()
    with (
        chromium() as launch,
        closing(launch()) as browser,
        signed_in(site, leader) as client,
        shown_to(browser, site, dict(client.cookies)) as looking,
    ):
        for path in ("/city", "/network") if site.code == CITY else ("/here",):
            faults += looked(looking, path)
        for case, name in names.items():
            faults += looked(looking, f"/cases/{case}", name)
            faults += [fault for path in looking.links(r"^/clocks/")[:3] for fault in looked(looking, path)]
    return faults


def looked(looking: Looking, path: str, says: str = "") -> list[str]:
    """What is wrong with a page that has to say something."""
    faults = looking.at(path) + looking.mixed()
    squeezed: Callable[[str], str] = lambda text: re.sub(r"\s+", "", text)  # noqa: E731 (lines are broken as the page likes)
    faults += [] if squeezed(says) in squeezed(looking.text()) else [f"does not say {says}"]
    return [f"{path}: {fault}" for fault in faults]
