"""The kit: every component in every state, nothing inline, Chinese dates and numbers."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from starlette.requests import Request

from libs.telemetry import tracer_provider
from libs.web import Pages
from libs.web.formats import age, day, due, instant, labelled, number, percent, share, short, shorthash
from libs.web.pages import HERE
from libs.web.tests.site import HTML, Stand

VOID = {"meta", "link", "input", "br", "img", "rect", "circle", "path", "hr"}


class Reading(HTMLParser):
    """What a page is made of; tags that do not close are told."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert len({name for name, _ in attrs}) == len(attrs), (tag, attrs)
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(text: str) -> Reading:
    page = Reading()
    page.feed(text)
    assert page.open == []
    return page


@pytest.fixture(scope="module")
def stand() -> Stand:
    return Stand()


@pytest.mark.parametrize("path", ["/kit", "/kit/public", "/sign-in", "/nowhere"])
async def test_no_page_carries_a_style_or_a_script_and_everything_comes_from_here(stand: Stand, path: str) -> None:
    async with stand.browser() as client:
        text = (await client.get(path, headers=HTML)).text
    page = read(text)
    names = {name for _, attributes in page.tags for name in attributes}
    assert not {tag for tag, _ in page.tags} & {"style", "iframe", "object"}
    assert all(a.get("src") for tag, a in page.tags if tag == "script")
    assert not re.search(r"<script[^>]*>\s*[^<\s]", text)
    assert not {name for name in names if name == "style" or name.startswith("on")}
    addresses = [a[name] or "" for _, a in page.tags for name in ("href", "src", "action") if name in a]
    assert all(re.match(r"[/#?](?!/)", address) for address in addresses)


@pytest.mark.parametrize("path", ["/kit", "/kit/public", "/sign-in", "/nowhere"])
async def test_every_page_has_one_heading_a_way_past_the_navigation_and_names_for_all_it_shows(stand: Stand, path: str) -> None:
    async with stand.browser() as client:
        page = read((await client.get(path, headers=HTML)).text)
    tags = [tag for tag, _ in page.tags]
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert (tags.count("h1"), tags.count("main"), tags.count("title")) == (1, 1, 1)
    assert len(set(ids)) == len(ids)
    assert {a["href"] for tag, a in page.tags if tag == "a" and (a.get("href") or "").startswith("#")} <= {f"#{found}" for found in ids}
    labels = {a.get("for") for tag, a in page.tags if tag == "label"}
    assert {a["id"] for tag, a in page.tags if tag == "input" and a.get("type") != "hidden"} <= labels
    assert all(a.get("aria-label") for tag, a in page.tags if a.get("role") in {"img", "region"} or tag == "nav")


def test_the_catalogue_shows_every_component() -> None:
    names = re.findall(r"^\{% set ([\w, ]+) =", (HERE / "templates" / "kit.html").read_text(), re.MULTILINE)
    shown = "".join(path.read_text() for path in (HERE / "templates" / "catalogue").iterdir())
    shown += "".join((HERE / "templates" / name).read_text() for name in ("catalogue.html", "public/sample.html"))
    components = {name for several in names for name in several.split(", ")}
    assert len(components) >= 40
    assert {name for name in components if f"kit.{name}(" not in shown} == set()


async def test_the_catalogue_is_there_only_when_asked_for() -> None:
    async with Stand(pages=False).browser() as client:
        assert (await client.get("/kit")).status_code == 404


async def test_every_class_a_template_uses_has_a_look() -> None:
    css = (HERE / "static" / "kit.css").read_text()
    used = set()
    for template in (*(HERE / "templates").rglob("*.html"), *(HERE / "kit").iterdir()):
        for found in re.findall(r'class="([^"{]*)', template.read_text()):
            used |= set(found.split())
    assert {name for name in used if f".{name}" not in css} == set()


async def test_static_files_are_kept_for_ever_by_content_and_others_asked_for_again(stand: Stand) -> None:
    async with stand.browser() as client:
        page = (await client.get("/kit", headers=HTML)).text
        found = re.search(r'href="(/static/kit/kit\.css\?v=[0-9a-f]{12})"', page)
        assert found is not None
        answer = await client.get(found[1])
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert (await client.get("/static/kit/kit.css")).headers["cache-control"] == "no-cache"
        assert (await client.get("/static/kit/../app.py")).status_code == 404
        assert (await client.get("/static/kit/gone.css?v=1")).status_code == 404


async def test_the_navigation_marks_where_one_is(stand: Stand) -> None:
    async with stand.browser() as client:
        page = (await client.get("/kit", headers=HTML)).text
    assert '<a href="/kit" aria-current="page">组件</a>' in page
    assert '<a href="/kit/public">给所有人</a>' in page


def _request() -> Request:
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [], "state": {}})


def test_a_template_of_a_service_extends_the_kit_and_text_is_never_markup() -> None:
    folder = HERE / "tests" / "templates"
    pages = Pages(folder)
    answer = pages.render(_request(), "own.html", text="<script>x</script>", at=datetime(2026, 11, 23, 7, 10, tzinfo=UTC))
    said = bytes(answer.body).decode()
    assert "&lt;script&gt;x" in said
    assert '<time datetime="2026-11-23T07:10:00+00:00">2026年11月23日 15:10</time>' in said
    with pytest.raises(UndefinedError):
        pages.render(_request(), "own.html", text="x")


async def test_an_incoming_trace_is_carried_on_and_health_makes_none(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, provider = InMemorySpanExporter(), tracer_provider(Resource.get_empty(), 0, None)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    came = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    async with stand.browser() as client:
        said = (await client.get("/open?q=13812345678", headers={"traceparent": came})).json()["trace"]
        await client.get("/health/live", headers={"traceparent": came})
        broken = (await client.get("/fails/fault", headers={"traceparent": came})).json()
        alone = (await client.get("/open")).json()["trace"]
    assert said[:36] == came[:36]
    assert said != came
    assert broken["trace"] == came[3:35]
    assert (len(alone), alone[-2:]) == (55, "00")
    spans = kept.get_finished_spans()
    assert [span.name for span in spans] == ["GET /open", "GET /fails/{how}"]
    assert (spans[0].attributes or {})["url.query"] == "▇"


def test_instants_are_shown_in_china_and_need_a_time_zone() -> None:
    at = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
    assert instant(at) == '<time datetime="2026-11-23T16:30:00+00:00">2026年11月24日 00:30</time>'
    assert isinstance(instant(at), Markup)
    assert day(at) == '<time datetime="2026-11-24">2026年11月24日</time>'
    assert day(date(2026, 1, 2)) == '<time datetime="2026-01-02">2026年1月2日</time>'
    with pytest.raises(ValueError, match="no time zone"):
        instant(datetime(2026, 11, 23))  # noqa: DTZ001 (what is refused)


def test_a_list_says_the_year_where_it_is_another_one() -> None:
    at, silvester = datetime(2026, 11, 23, 7, 10, tzinfo=UTC), datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert ">11月23日 15:10<" in short(at)
    assert ">11月23日 15:10<" in short(at, at)
    assert ">2026年11月23日 15:10<" in short(at, silvester), "in China it is next year"


def test_midnight_is_the_end_of_the_day_before() -> None:
    assert ">2026年11月24日 24:00 前</time>" in due(datetime(2026, 11, 24, 16, tzinfo=UTC))
    assert ">2026年11月25日 09:00 前</time>" in due(datetime(2026, 11, 25, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (3, "3 秒"),
        (0.4, "0 秒"),
        (-1, "0 秒"),
        (60, "1 分钟"),
        (timedelta(hours=2, minutes=11), "2 小时 11 分"),
        (timedelta(days=5, hours=2), "5 天 2 小时"),
    ],
)
def test_ages(value: float | timedelta, said: str) -> None:
    assert age(value) == said


def test_numbers_shares_and_hashes() -> None:
    assert (number(12486), number(0), percent(0.987), share(0.5), share(1.3), share(-1)) == (
        "12,486",
        "0",
        "98.7%",
        "50.00%",
        "100.00%",
        "0.00%",
    )
    assert (shorthash(bytes(32)), shorthash("ab" * 32), shorthash(f"sha256:{'ab' * 32}")) == ("0" * 12, "ab" * 6, "ab" * 6)


def test_each_cell_is_given_the_heading_of_its_column() -> None:
    heads: list[str | tuple[str, str]] = ["节点", ("<在办>", "n")]
    rows = Markup('<tr><td>高县</td><td class="n">3</td></tr>\n<tr class="x"><td></td><td>4</td></tr>')
    assert labelled(rows, heads) == (
        '<tr><td data-label="节点">高县</td><td data-label="&lt;在办&gt;" class="n">3</td></tr>\n'
        '<tr class="x"><td data-label="节点"></td><td data-label="&lt;在办&gt;">4</td></tr>'
    )
    with pytest.raises(ValueError, match="zip"):
        labelled(Markup("<tr><td>高县</td></tr>"), heads)


async def test_a_table_shows_its_headings_beside_the_cells_where_columns_have_no_room(stand: Stand) -> None:
    async with stand.browser() as client:
        page = read((await client.get("/kit", headers=HTML)).text)
    cells = [attributes.get("data-label") for tag, attributes in page.tags if tag == "td"]
    assert cells[:5] == ["节点", "在办", "黄牌", "红牌", "网络"]
    assert all(cells)
    assert "content: attr(data-label)" in (HERE / "static" / "kit.css").read_text()


def test_what_is_not_known_is_a_dash() -> None:
    assert {instant(None), day(None), short(None), due(None), age(None), number(None), percent(None), shorthash(None)} == {"—"}
