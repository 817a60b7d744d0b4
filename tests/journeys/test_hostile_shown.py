"""Harmful text that may be kept is kept whole and shown harmless: a whole journey is written in it, and every page that shows it is opened."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import httpx2
import pytest

from libs.codes import texts
from libs.testkit.browsing import chromium
from libs.wire import decode_page
from libs.words import sentence
from services.onebox import OneBox, SiteOfBox, publish, settle, work
from services.onebox.items import ITEMS
from tests.journeys.every_act import CODED, everything
from tests.journeys.looking import Looking, shown_to
from tests.journeys.spoiling import PLACES, SpoilingDoor, free
from tests.journeys.walking import CITY, COUNTY, signed_in, walkers

pytestmark = pytest.mark.server
CASES: Final = 8
SHORT: Final = 100
"""Characters of what is looked for."""
NOT_SPOILED: Final = {
    "regime": "one of contracts/regimes.toml",
    "to": "somebody who has an account",
    "second_officer": "somebody who has an account",
    "uscc": "a credit code",
    "code": "compared, and kept nowhere",
}
"""Fields that take any text, and are refused for another reason unless it is a certain one; by their names."""


class Spoiled(NamedTuple):
    """A site, what was said there, and the cases in which every act was done."""

    site: SiteOfBox
    door: SpoilingDoor
    worked: list[str]

    @property
    def told(self) -> Mapping[str, str]:
        """What was told there, by the harmless text it was made of."""
        return self.door.spoiler.told

    def runs(self, subject: str) -> bool:
        """Whether a case was filed for the subject: then it is opened for that case alone."""
        return any(subject in texts(one.body) for one in self.door.sent if one.path.endswith("/cases"))

    def ask(self, who: str, path: str, **params: Any) -> Any:
        """What one of the staff is answered."""
        with self.site.client(who) as client:
            return answered(client, path, **params)


def answered(client: httpx2.Client, path: str, **params: Any) -> Any:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, f"{path}: {answer.text}"
    return answer.json()


@pytest.fixture(scope="module", params=[CITY, COUNTY])
def spoiled(box: OneBox, request: pytest.FixtureRequest) -> Iterator[Spoiled]:
    """A site where everything that was said was spoiled."""
    site, node = box.site(request.param), PLACES[request.param]
    with closing(SpoilingDoor(site, "hostile")) as door:
        publish(door, site.code)
        settle(box)  # else a case would be taken by the procedure of the node above
        for n in range(CASES):
            work(door, node, n, datetime.now(UTC))
        worked = everything(door, datetime.now(UTC))
        settle(box)
        assert len(set(door.spoiler.told)) > 60
        yield Spoiled(site, door, worked)


def cases(site: SiteOfBox) -> dict[str, str]:
    """The name of each case's item, as the site answers it."""
    with site.client() as client:
        found = client.get(f"/intake/nodes/{PLACES[site.code]}/cases", params={"limit": 100}).json()["cases"]
        items = client.get(f"/catalogue/nodes/{PLACES[site.code]}/items").json()["items"]
    names = {row["item"]: row["name"] for row in items}
    return {row["case"]: names[row["item"]] for row in found}


def test_every_field_that_takes_a_text_is_spoiled(spoiled: Spoiled) -> None:
    fields = {(path, at) for path, at in free(spoiled.door.spoiler.described) if at[-1] not in NOT_SPOILED}
    assert len(fields) > 40
    assert fields - spoiled.door.spoiler.spoiled == set()


def test_what_was_kept_comes_back_as_it_was_sent(spoiled: Spoiled) -> None:
    names = {row["item"]: row["name"] for row in spoiled.ask("editor", f"/catalogue/nodes/{spoiled.door.node}/items")["items"]}
    assert {code: names[code] for code, *_ in ITEMS} == {code: spoiled.told[name] for code, name, *_ in ITEMS}
    assert names[spoiled.told[CODED]] == spoiled.told["某许可"]
    assert len(cases(spoiled.site)) == CASES + len(spoiled.worked) + 1


def test_every_text_that_was_taken_stands_in_the_log_sign_by_sign(spoiled: Spoiled) -> None:
    log, timeline = spoiled.told["外系统某日志"], spoiled.told["外系统某时间"]
    said = {text for service in ("catalogue", "intake") for event in feed(spoiled, service) for text in texts(event)}
    sent = {(one.path, text) for one in spoiled.door.sent if not one.path.startswith("/vault/") for text in texts(one.body)}
    told = set(spoiled.told.values())
    lost = sorted((path, text) for path, text in sent if text in told - said - {log})
    assert lost == []
    assert len(told & said) > 60
    assert spoiled.ask("operator", "/intake/replay", log=timeline)["nodes"] == {spoiled.door.node: {"cases": 1, "closed": 1}}


def feed(spoiled: Spoiled, service: str) -> Iterator[Any]:
    """What the events of a service say, from the first to the last."""
    with spoiled.site.client("operator") as client:
        after = 0
        while page := decode_page(client.get(f"/feed/{spoiled.door.node}/{service}/1", params={"after": after}).content):
            yield from (json.loads(event.data) for event in page)
            after += len(page)


def test_what_people_said_of_themselves_is_opened_sign_by_sign(spoiled: Spoiled) -> None:
    kinds = set[str]()
    for one in spoiled.door.sent:
        if not one.path.endswith("/subjects") or spoiled.runs(one.answer["subject"]):
            continue
        found = spoiled.ask("examiner", f"/vault/subjects/{one.answer['subject']}", act="intake.finish-step")
        said = {name: text for name, text in one.body.items() if name not in ("kind", "acts_for", "author")}
        assert {**found["public"], **found["fields"]} == said
        kinds.add(found["kind"])
    assert kinds == {"person", "organisation", "agent", "text"}


def test_what_is_said_of_a_case_is_answered_sign_by_sign_where_it_is_and_at_the_city(box: OneBox, spoiled: Spoiled) -> None:
    with box.city.client("leader") as client:
        for case in spoiled.worked:
            here, there = spoiled.ask("leader", f"/intake/cases/{case}"), answered(client, f"/hub/cases/{case}")
            assert here["item_name"] == there["case"]["item_name"] in spoiled.told.values()
            own = [one.body for one in spoiled.door.sent if f"/cases/{case}/" in one.path]
            assert set(texts(own)) & set(spoiled.told.values()) <= set(texts(there["timeline"]))


async def test_every_page_shows_it_whole_and_harmless(box: OneBox, spoiled: Spoiled) -> None:
    assert await asyncio.to_thread(seen_at, spoiled.site, cases(spoiled.site)) == []


async def test_the_city_shows_what_a_county_says_whole_and_harmless(box: OneBox, spoiled: Spoiled) -> None:
    assert await asyncio.to_thread(seen_at, box.city, cases(spoiled.site)) == []


async def test_the_city_tells_what_happened_in_a_case_whole_and_harmless(box: OneBox, spoiled: Spoiled) -> None:
    with box.city.client("leader") as client:
        said = {case: sentences(answered(client, f"/hub/cases/{case}")["timeline"]) for case in spoiled.worked}
    assert sum(text in one for texts_of in said.values() for one in texts_of for text in spoiled.told.values()) > 30
    assert await asyncio.to_thread(told_at, box.city, said) == []


def sentences(timeline: list[dict[str, Any]]) -> list[str]:
    """What a page says of each event."""
    return [sentence(event["type"].rpartition(".v")[0], event["data"]) for event in timeline]


def seen_at(site: SiteOfBox, names: Mapping[str, str]) -> list[str]:
    """What is wrong with the pages of these cases and all that they lead to, as the site's leader sees them."""
    faults = list[str]()
    with looking_at(site) as looking:
        for path in ("/city", "/network") if site.code == CITY else ("/here",):
            faults += looked(looking, path)
        for case, name in names.items():
            faults += looked(looking, f"/cases/{case}", name)
            faults += [fault for path in looking.links(r"^/clocks/")[:3] for fault in looked(looking, path)]
            if len(name) < SHORT and case.partition("-")[0] in {node["code"] for node in site.nodes}:
                faults += looked(looking, f"/find?{httpx2.QueryParams(number=name)}", name)
    return faults


def told_at(site: SiteOfBox, said: Mapping[str, list[str]]) -> list[str]:
    """What is wrong with the pages of these cases, on which all of this has to stand."""
    with looking_at(site) as looking:
        return [fault for case, sentences in said.items() for fault in looked(looking, f"/cases/{case}", *sentences)]


@contextmanager
def looking_at(site: SiteOfBox) -> Iterator[Looking]:
    """The window of the site's leader, who has signed in."""
    leader = next(who for who in walkers(site) if who.word == "leader")
    with (
        chromium() as launch,
        closing(launch()) as browser,
        signed_in(site, leader) as client,
        shown_to(browser, site, dict(client.cookies)) as looking,
    ):
        yield looking


def looked(looking: Looking, path: str, *says: str) -> list[str]:
    """What is wrong with a page that has to say something."""
    faults = looking.at(path) + looking.mixed()
    squeezed: Callable[[str], str] = lambda text: re.sub(r"\s+", "", text)  # noqa: E731 (lines are broken as the page likes)
    found = squeezed(looking.text())
    faults += [f"does not say {one}" for one in says if squeezed(one) not in found]
    return [f"{path}: {fault}" for fault in faults]
