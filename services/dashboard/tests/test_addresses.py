"""Whatever stands in the address of a page, the page asks for what it shows and for nothing else, and leads nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, unquote

import pytest
from fastapi.routing import APIRoute

import services.dashboard
from libs.authority import Post, posted
from libs.telemetry import Health
from libs.testkit.asgi import Got, ask
from libs.web import Accounts, Pages, make_app
from services.dashboard import http
from services.dashboard.tests.answers import CASE, CLOCK
from services.dashboard.tests.test_http import SITE, Answering, now

ODD: Final = (
    "..", ".", "../sign-out", "../../hub/verify", "x/../../../site/status", "/etc", "//elsewhere", "%2e%2e", "%2f..%2fverify", "..%2f", "%00",
    "?", "?x=1", "a?sequence=9", "#", "#verify", "a#b", "\x00", "\n", "\r\nX-Far: 1", "\x1f", "\x7f", "\\..\\", ";", "\u202e", "一", " ",
)  # fmt: skip
"""What stands for the part of an address, or hangs on it, as the page is given it."""
TEMPLATES: Final = Path(services.dashboard.__file__).parent / "templates"
SHAPES: Final = ("{odd}", "{good}{odd}", "{odd}{good}", "{good}/{odd}")
LISTS: Final = {
    f"{name}-{word}": good for name in ("nodes", "wrong", "feeds") for word, good in (("sort", "-open"), ("page", "1"), ("find", "高县"))
}
SHOWN: Final = {**LISTS, "only": "red", "under": "511525", "epoch": "1", "sequence": "9"}
"""What says how the same answers are shown, or how new they must be: whatever it is, nothing else is asked for."""
GOOD: Final = {"case": CASE, "clock": CLOCK, "number": CASE, **SHOWN}
SEARCHED: Final = {f"/catalogue/nodes/{node.code}/items" for node in SITE.nodes}
"""Where words that are no case number are looked for."""


class Front:
    """The pages of a site, and a leader of the city who opens them."""

    def __init__(self, *, hub: bool) -> None:
        self.asked = Answering()
        behind: Any = self.asked
        pages = Pages(TEMPLATES, brand="联动")
        accounts = Accounts()
        _, self.token = accounts.issue("L1", posted([Post.LEADER], ["511500"]), "领导")
        self.routes = http.router(SITE, behind, pages, now, hub=hub, city="http://city")
        self.app = make_app("pages", routers=[self.routes], accounts=accounts, health=Health(), pages=pages)

    async def opened(self, route: APIRoute, said: dict[str, str]) -> tuple[Got, list[str]]:
        """A page under an address that says this, and what it then asked for."""
        self.asked.asked.clear()
        path, words = route.path, dict(said)
        for part in route.dependant.path_params:
            path = path.replace(f"{{{part.alias}}}", words[part.alias]).replace(f"{{{part.alias}:path}}", words.pop(part.alias))
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in words.items())
        got = await ask(self.app, "GET", path, {"Authorization": f"Bearer {self.token}", "Accept": "text/html"}, query=query)
        return got, list(self.asked.asked)


def spoken(route: APIRoute) -> list[str]:
    """What people can say in the address of a page: parts of its path, words behind it."""
    return [field.alias for field in (*route.dependant.path_params, *route.dependant.query_params)]


def asking() -> Iterator[tuple[bool, str]]:
    """Every page whose address says something."""
    for hub in (True, False):
        yield from ((hub, route.path) for route in Front(hub=hub).routes.routes if isinstance(route, APIRoute) and spoken(route))


def test_there_are_such_pages() -> None:
    assert {path for _, path in asking()} >= {"/cases/{case}", "/find", "/clocks/{clock:path}"}


@pytest.mark.parametrize(("hub", "path"), list(asking()))
async def test_a_page_asks_for_nothing_but_what_its_address_names(hub: bool, path: str) -> None:
    front = Front(hub=hub)
    (route,) = [route for route in front.routes.routes if isinstance(route, APIRoute) and route.path == path]
    good = {name: GOOD[name] for name in spoken(route)}
    expected, asked = await front.opened(route, good)
    assert expected.status in (200, 303)
    for name in spoken(route):
        for value in (shape.format(odd=odd, good=good[name]) for odd in ODD for shape in SHAPES):
            got, found = await front.opened(route, {**good, name: value})
            same = value.removesuffix("\n") == good[name]  # a line's end behind an address is no part of it
            may = set(asked) if same or name in SHOWN else SEARCHED if path == "/find" else set()
            assert set(found) <= may, f"{path} with {value!r} asked for {found}"
            assert got.status in (200, 303, 404, 422), f"{path} with {value!r}"
            if got.status == 303:
                leads_to_one_part(expected.headers["location"], got.headers["location"], value)


def leads_to_one_part(expected: str, location: str, value: str) -> None:
    """The page that was led to is the case's own or the first: what is said beside a number leads nowhere."""
    assert location in ("/", expected), f"{value!r} leads to {location}"
    assert location == quote(unquote(location), safe=":/"), location


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda template: template.name)
def test_a_link_quotes_what_it_is_made_of(template: Path) -> None:
    """Whatever stands in a link behind the first slash is one part of it."""
    links = re.findall(r'(?:href|action)="([^"]*)"', template.read_text(encoding="utf-8"))
    parts = [part for link in links for part in re.findall(r"/\{\{(.*?)\}\}", link)]
    assert [part for part in parts if not part.strip().endswith("| quoted")] == []
