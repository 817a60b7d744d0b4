"""The pages' frame: templates over one component kit, static files by content (decisions 0006 and 0036).

Nothing inline: the content security policy allows neither style attributes nor script in a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import Scope

from libs.web.accounts import Account
from libs.web.acting import word_for
from libs.web.addresses import back_to, local
from libs.web.choices import choices_of
from libs.web.filled import Filled
from libs.web.formats import FILTERS
from libs.web.isolating import IsolatingTemplate, marked_value
from libs.web.language import Language, gettext, ngettext, speaking
from libs.web.opening import ACCOUNT, FIRST, opens

HERE: Final = Path(__file__).parent
PUBLIC: Final = "public/"
"""Where templates for everybody stand within their folder: they have an English catalogue, more room, and a switch."""


class NavLink(NamedTuple):
    """An entry of the main navigation; for whom it is, the route of its page says."""

    text: str
    path: str


class Pages:
    """Renders templates from `folders`, then from the kit: `{% extends "base.html" %}`, `{% import "kit.html" as kit %}`.

    `static` maps further folders of static files to the name they are mounted under: `{"dashboard": Path(…)}` → `/static/dashboard/…`.
    `find` is the address that the header's search box asks, with the word `number`; empty: there is none. `places` are the names of the nodes
    that pages name by their codes: `with_names(codes)`.
    """

    def __init__(
        self,
        *folders: Path,
        brand: str = "联动",
        nav: Sequence[NavLink] = (),
        static: Mapping[str, Path] | None = None,
        find: str = "",
        places: Mapping[str, str] | None = None,
    ) -> None:
        self.static = {"kit": HERE / "static", **(static or {})}
        self._nav, self._find, self._places = tuple(nav), find, dict(places or {})
        self._catalogues = [path for folder in folders if (path := folder / "en.po").is_file()]
        kit = PrefixLoader({"kit": FileSystemLoader(HERE / "kit")})
        loader = ChoiceLoader([FileSystemLoader([*folders, HERE / "templates"]), kit])
        env = Environment(
            loader=loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            optimized=False,  # a constant behind a filter would be said for ever in the language it was first said in
            extensions=["jinja2.ext.i18n"],
            finalize=marked_value,
        )
        env.template_class = IsolatingTemplate
        env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
        env.filters |= FILTERS
        env.globals |= {"brand": brand, "static": cache(self.address), "filled": Filled(), "with_names": self.with_names}
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
        """The page `name`, not to be kept by anybody on the way. Given are `account` (who has signed in, or None), `ways` (what it may open),
        `find` (the search box's address, where it may be asked), `here` (the path), `there` (the path with its query), and how the reader
        likes it: `language`, `large`; `public`: it is for everybody; `csrf` is what a form of this page has to say.
        """
        account: Account | None = getattr(request.state, "account", None)
        choices, public = choices_of(request), name.startswith(PUBLIC)
        language = choices.language if public else Language.CHINESE
        query = request.scope["query_string"].decode("latin-1")
        here = request.scope["path"]
        given = {
            "account": account,
            "ways": [link for link in self._nav if opens(request, account, link.path)],
            "find": self._find if account and opens(request, account, self._find) else "",
            "here": here,
            "there": back_to(here, query, refused=status_code >= 400),
            "language": language,
            "large": choices.large,
            "public": public,
            "csrf": word_for(request),
        }
        with speaking(language, *self._catalogues):
            return self._templates.TemplateResponse(
                request, name, given | context, status_code, {"Cache-Control": "no-store", **(headers or {})}
            )

    def first(self, request: Request, account: Account) -> str:
        """The page with which somebody begins: the first of the navigation that is for their posts and not for everybody, else their account."""
        own = (link.path for link in self._nav if link.path != FIRST and opens(request, account, link.path))
        return next((path for path in own if not opens(request, None, path)), ACCOUNT)

    def landing(self, request: Request, account: Account, to: str) -> str:
        """Where somebody comes who has signed in: where they were going, if they may open that, else to the first page of their own."""
        to = local(to)
        return to if opens(request, account, to) else self.first(request, account)

    def with_names(self, codes: Iterable[str]) -> str:
        """Nodes as people read them, in the order of their codes: 高县 511525、文江镇 511525100; one without a name by its code alone."""
        return "、".join(f"{self._places.get(code, '')} {code}".strip() for code in sorted(codes))

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
