"""Requests read strictly, at every route and before anything of them is used: nothing that was sent is lost silently, and nothing that two
programs would read differently is taken (decision 0021).

Who asks is looked at first, then the address, the condition, the body.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute, request_response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp

from libs.forms import Unreadable, strict_json
from libs.web.takes import FORM, JSON, Takes, takes

MOST_WORDS: Final = 1000
TOLD: Final = 20
"""Faults told of one request."""
MAX_JSON: Final = 2 * 1024 * 1024
"""Bytes of a form. Files may be larger; nobody reads a form of that size but a program, and everybody else waits meanwhile."""
ONCE: Final = (b"authorization", b"content-encoding", b"content-type", b"idempotency-key")
"""Headers of a command that say one thing; of two, one program takes the first and another the last."""
NUMBERS: Final[Mapping[type, tuple[re.Pattern[str], str, str]]] = {
    int: (re.compile(r"-?(0|[1-9][0-9]*)"), "int_parsing", "应为整数"),
    float: (re.compile(r"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"), "float_parsing", "应为数字"),
}
"""How numbers stand in an address: as in JSON. Libraries read many more ways, each its own."""
_KIND: Final = re.compile(r'([a-z0-9.+-]+/[a-z0-9.+-]+)[ \t]*(;[ \t]*charset=("utf-?8"|utf-?8)[ \t]*)?(;[ \t]*)?', re.ASCII | re.IGNORECASE)
_NO_TEXT: Final = "不是按百分号编码的 UTF-8 文字"
Amiss = tuple[tuple[str, ...], str, str]
"""Where, its code, the sentence."""


class WrongKind(Exception):
    """The body is of another kind than the route takes."""

    def __init__(self, accepts: str) -> None:
        super().__init__(accepts)
        self.accepts = accepts


class NoVersion(Exception):
    """There is a condition on the version of something that has none."""


class Opened(Request):
    """A request whose body is read once, and strictly."""

    _read: tuple[Any] | None = None

    async def json(self) -> Any:
        """The body's value. Raises `RequestValidationError` with the sentence."""
        if self._read is None:
            data = await self.body()
            if len(data) > MAX_JSON:
                raise HTTPException(413)
            try:
                self._read = (strict_json(data),)
            except Unreadable as no:
                raise wrong([(("body",), "unreadable", str(no))]) from None
        return self._read[0]


def strictly(route: APIRoute) -> ASGIApp:
    """The application of a route, with everything that comes to it read strictly."""
    taken, answer = takes(route), route.get_route_handler()

    async def read(request: Request) -> Response:
        opened = Opened(request.scope, request.receive)
        for who in taken.who:
            await who(opened)
        if not taken.reads:
            _headers_once(opened.headers)
        read_address(opened.scope["query_string"], opened.path_params, taken)
        if not taken.reads and not taken.conditional and "if-match" in opened.headers:
            raise NoVersion
        if comes_with_a_body(opened.headers):
            await _body_reader(taken)(opened)
        return await answer(opened)

    return request_response(read)


def wrong(faults: Iterable[Amiss]) -> RequestValidationError:
    """The exception for faults."""
    return RequestValidationError([{"loc": place, "type": kind, "msg": because} for place, kind, because in list(faults)[:TOLD]])


def comes_with_a_body(headers: Headers) -> bool:
    """Whether anything follows the headers."""
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _headers_once(headers: Headers) -> None:
    names = [name for name, _ in headers.raw if name in ONCE]
    if len(set(names)) < len(names):
        raise wrong((("header", name.decode()), "twice", "出现了两次") for name in ONCE if names.count(name) > 1)


def read_address(query: bytes, parts: Mapping[str, str], taken: Takes) -> None:
    """Raises `RequestValidationError` for a word that the route does not know, or one that stands twice, and for a number that is not written
    as numbers are. To the address of a page others add words of their own (messengers, mail programs), about which whoever follows the link
    can do nothing: they are passed over, in whatever encoding.
    """
    words = _named_once(query, "query", taken.words, others=taken.page) if query else {}
    if taken.numbers:
        faults = [*_no_numbers("path", parts, taken), *_no_numbers("query", words, taken)]
        if faults:
            raise wrong(faults)


def _no_numbers(where: str, said: Mapping[str, str], taken: Takes) -> Iterable[Amiss]:
    for name, value in said.items():
        if name in taken.numbers:
            written, kind, because = NUMBERS[taken.numbers[name]]
            if written.fullmatch(value) is None:
                yield (where, name), kind, because


def _named_once(data: bytes, where: str, known: frozenset[str], *, others: bool = False) -> dict[str, str]:
    """What is said, by name; where `others` may stand there too, what is theirs need not be readable."""
    how = "replace" if others else "strict"
    try:
        said = parse_qsl(data.decode("ascii", how), keep_blank_values=True, errors=how, max_num_fields=MOST_WORDS)
    except UnicodeDecodeError:
        raise wrong([((where,), "not-utf-8", _NO_TEXT)]) from None
    except ValueError:
        raise wrong([((where,), "too_long", f"多于 {MOST_WORDS} 项")]) from None
    names = Counter(name for name, _ in said)
    faults = [((where, name), "extra_forbidden", "没有这一项") for name in names if name not in known and not others]
    faults += [((where, name), "twice", "出现了两次") for name, many in names.items() if name in known and many > 1]
    if faults:
        raise wrong(faults)
    return dict(said)


# --- bodies -----------------------------------------------------------------------------------------------------------------------------


def _body_reader(taken: Takes) -> Callable[[Opened], Awaitable[None]]:
    """How the body of a route is read."""
    if taken.reads:
        return _no_body

    async def read(request: Opened) -> None:
        if await _bytes(request):
            must_be(taken.accepts or JSON, request.headers)
            await _read_as(taken, request)

    return read


async def _read_as(taken: Takes, request: Opened) -> None:
    if taken.accepts == FORM:
        _named_once(await request.body(), "body", taken.fields)
    elif taken.accepts == JSON:
        await request.json()
    elif not taken.accepts:
        _empty(await request.json())


async def _no_body(_request: Opened) -> None:
    raise wrong([(("body",), "extra_forbidden", "提问不带内容")])


def _empty(found: object) -> None:
    """An act that has nothing to fill in takes an empty form, so that whoever sends one to every act may go on doing so."""
    if not isinstance(found, dict):
        raise wrong([(("body",), "model_type", "应为一组填写项")])
    if found:
        raise wrong([(("body", name), "extra_forbidden", "没有这一项") for name in found])


async def _bytes(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect:
        raise HTTPException(400) from None


def must_be(accepts: str, headers: Headers) -> None:
    """Raises `WrongKind` for a body that is packed or of another kind. Bytes need not be named; texts are UTF-8."""
    kind = headers.get("content-type", "" if accepts in (JSON, FORM) else accepts)
    found = None if headers.get("content-encoding", "identity").lower() != "identity" else _KIND.fullmatch(kind.strip())
    if found is None or found[1].lower() != accepts:
        raise WrongKind(accepts)
