"""The pages' frame: templates over one component kit, Chinese dates and numbers, static files by content (decision 0006).

Nothing inline: the content security policy allows neither style attributes nor script in a page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import Scope

from libs.web.acting import word_for
from libs.web.addresses import quoted
from libs.workdays import CHINA

HERE: Final = Path(__file__).parent
NOTHING: Final = "—"


class NavLink(NamedTuple):
    """An entry of the main navigation."""

    text: str
    path: str


class Pages:
    """Renders templates from `folders`, then from the kit: `{% extends "base.html" %}`, `{% import "kit.html" as kit %}`.

    `static` maps further folders of static files to the name they are mounted under: `{"dashboard": Path(…)}` → `/static/dashboard/…`.
    """

    def __init__(
        self,
        *folders: Path,
        brand: str = "联动",
        nav: Sequence[NavLink] = (),
        static: Mapping[str, Path] | None = None,
    ) -> None:
        self.static = {"kit": HERE / "static", **(static or {})}
        loader = ChoiceLoader([FileSystemLoader([*folders, HERE / "templates"])])
        env = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False
        )
        env.filters |= {
            "instant": instant,
            "day": day,
            "due": due,
            "age": age,
            "number": number,
            "percent": percent,
            "share": share,
            "shorthash": shorthash,
            "labelled": labelled,
            "quoted": quoted,
        }
        env.globals |= {"brand": brand, "nav": tuple(nav), "static": cache(self.address)}
        self._templates = Jinja2Templates(env=env)

    def render(
        self,
        request: Request,
        name: str,
        /,
        *,
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: object,
    ) -> Response:
        """The page `name`, not to be kept by anybody on the way. `account` (who has signed in, or None), `here` (its path) and `csrf` (what a
        form of this page has to say) are given.
        """
        given = {"account": getattr(request.state, "account", None), "here": request.scope["path"], "csrf": word_for(request)}
        context = {**given, **context}
        return self._templates.TemplateResponse(request, name, context, status_code, {"Cache-Control": "no-store", **(headers or {})})

    def address(self, name: str) -> str:
        """`kit/kit.css` → its address, which changes with the content. Raises `FileNotFoundError`."""
        mount, _, rest = name.partition("/")
        return f"/static/{name}?v={sha256((self.static[mount] / rest).read_bytes()).hexdigest()[:12]}"


class Assets(StaticFiles):
    """Static files; an address that names the content may be kept for ever."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        for_ever = scope.get("query_string", b"").startswith(b"v=") and answer.status_code < 400
        answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if for_ever else "no-cache"
        return answer


def prefers_html(request: Request) -> bool:
    """A browser opens pages: it ranks HTML above JSON. A program that says nothing, or `*/*`, gets JSON."""
    ranks = dict(map(_ranked, request.headers.get("accept", "").split(",")))
    html = ranks.get("text/html", 0.0)
    return html > 0 and html >= max(ranks.get("application/json", 0.0), ranks.get("application/problem+json", 0.0))


def _ranked(part: str) -> tuple[str, float]:
    kind, *parameters = (piece.strip() for piece in part.split(";"))
    quality = next((piece[2:] for piece in parameters if piece.startswith("q=")), "1")
    try:
        return kind.lower(), float(quality)
    except ValueError:
        return kind.lower(), 0.0


# --- filters --------------------------------------------------------------------------------------------------------------------------


def instant(value: datetime | None) -> str:
    """An aware instant as the people here read it: 2026年11月23日 15:10. Raises `ValueError` for one without a time zone."""
    if value is None:
        return NOTHING
    there = _china(value)
    return _time(value, f"{there.year}年{there.month}月{there.day}日 {there:%H:%M}")


def day(value: date | None) -> str:
    """2026年11月23日; of an instant, the day it is in China."""
    if value is None:
        return NOTHING
    there = _china(value).date() if isinstance(value, datetime) else value
    return _time(there, f"{there.year}年{there.month}月{there.day}日")


def due(value: datetime | None) -> str:
    """The instant before which something must be done; midnight is 24:00 of the day that ends with it."""
    if value is None:
        return NOTHING
    there = _china(value)
    if there.hour or there.minute or there.second:
        return Markup("{} 前").format(instant(value))
    there -= timedelta(days=1)
    return _time(value, f"{there.year}年{there.month}月{there.day}日 24:00") + Markup(" 前")


def age(value: timedelta | float | None) -> str:
    """How long: 3 秒, 14 分钟, 2 小时 11 分, 5 天 2 小时."""
    if value is None:
        return NOTHING
    seconds = int(value.total_seconds() if isinstance(value, timedelta) else value)
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 1:
        return f"{max(seconds, 0)} 秒"
    if hours < 1:
        return f"{minutes} 分钟"
    return f"{hours} 小时 {minutes % 60} 分" if days < 1 else f"{days} 天 {hours % 24} 小时"


def number(value: float | None) -> str:
    """A number as people read it, in groups of three: 12,486."""
    return NOTHING if value is None else f"{value:,}"


def percent(value: float | None) -> str:
    """A share of one as 98.7%."""
    return NOTHING if value is None else f"{value:.1%}"


def share(value: float) -> str:
    """A share of one as a length in a drawing, kept between 0 and 100%."""
    return f"{min(max(value, 0.0), 1.0) * 100:.2f}%"


def shorthash(value: bytes | str | None) -> str:
    """The first twelve hexadecimal digits, enough to compare by eye, without the name of the algorithm (`sha256:`)."""
    return NOTHING if value is None else (value.hex() if isinstance(value, bytes) else value.rpartition(":")[2])[:12]


def labelled(rows: Markup, heads: Sequence[str | tuple[str, str]]) -> Markup:
    """The rows of a table, each cell with its column's heading, for screens too narrow for columns. Raises `ValueError` for another number of cells."""
    labels = [Markup('<td data-label="{}"').format(head if isinstance(head, str) else head[0]) for head in heads]
    before, *bodies = str(rows).split("<tr")
    return Markup("<tr".join([before, *(_labelled(body, labels) for body in bodies)]))  # noqa: S704 (the caller's markup, headings escaped)


def _labelled(row: str, labels: Sequence[Markup]) -> str:
    before, *cells = row.split("<td")
    return before + "".join(f"{label}{cell}" for label, cell in zip(labels, cells, strict=True))


def _china(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(CHINA)


def _time(value: date, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), text)
