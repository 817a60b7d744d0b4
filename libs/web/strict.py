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
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope

from libs.forms import Unreadable
from libs.web.bodies import MAX_JSON, UNKNOWN, announced, body_of, must_fit, value_of
from libs.web.takes import FORM, JSON, Takes, takes

MOST_WORDS: Final = 1000
TOLD: Final = 20
"""Faults told of one request."""
ONCE: Final = (b"authorization", b"content-encoding", b"content-type", b"idempotency-key")
"""Headers of a command that say one thing; of two, one program takes the first and another the last."""
NUMBERS: Final[Mapping[type, tuple[re.Pattern[str], str, str]]] = {
    int: (re.compile(r"-?(0|[1-9][0-9]*)"), "int_parsing", "应为整数"),
    float: (re.compile(r"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"), "float_parsing", "应为数字"),
}
"""How numbers stand in an address: as in JSON. Libraries read many more ways, each its own."""
_KIND: Final = re.compile(r'([a-z0-9.+-]+/[a-z0-9.+-]+)[ \t]*(;[ \t]*charset=("utf-?8"|utf-?8)[ \t]*)?(;[ \t]*)?', re.ASCII | re.IGNORECASE)
_NO_TEXT: Final = "不是按百分号编码的 UTF-8 文字"
_NOT_KEPT: Final = "含有无法保存的字符"
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
    """A request whose body is read once, no further than `most` bytes, and strictly."""

    def __init__(self, scope: Scope, receive: Receive, most: int) -> None:
        super().__init__(scope, receive)
        self._most = most
        self._whole: bytes | None = None
        self._read: tuple[Any] | None = None

    async def body(self) -> bytes:
        """The whole body. Raises `HTTPException`: 413 for one that is too large, 400 for a caller who went away."""
        if self._whole is None:
            self._whole = self._body = await body_of(self.receive, self._most)  # the base class reads forms from `_body`
        return self._whole

    async def json(self) -> Any:
        """The body's value. Raises `RequestValidationError` with the sentence."""
        if self._read is None:
            self._read = (await json_of(await self.body()),)
        return self._read[0]


async def json_of(data: bytes) -> Any:
    """The value that a body holds. Raises `RequestValidationError` with the sentence."""
    try:
        return await value_of(data)
    except Unreadable as no:
        raise wrong([(("body",), "unreadable", str(no))]) from None


def strictly(route: APIRoute, most: int = MAX_JSON) -> ASGIApp:
    """The application of a route, with everything that comes to it read strictly; bodies of `most` bytes where it does not say how many."""
    taken, answer = takes(route), route.get_route_handler()
    read_body, most = _body_reader(taken), taken.max_body or most

    async def read(request: Request) -> Response:
        opened = Opened(request.scope, request.receive, most)
        for who in taken.who:
            await who(opened)
        if not taken.reads:
            headers_once(opened.headers.raw)
        read_address(opened.scope["query_string"], opened.path_params, taken)
        if not taken.reads and not taken.conditional and "if-match" in opened.headers:
            raise NoVersion
        if length := announced(opened.headers.raw):
            await read_body(opened, length, most)
        return await answer(opened)

    return request_response(read)


def wrong(faults: Iterable[Amiss]) -> RequestValidationError:
    """The exception for faults."""
    return RequestValidationError([{"loc": place, "type": kind, "msg": because} for place, kind, because in list(faults)[:TOLD]])


def headers_once(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Raises `RequestValidationError` for a header of a command that says one thing and stands twice."""
    names = [name for name, _ in headers if name in ONCE]
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


def _body_reader(taken: Takes) -> Callable[[Opened, int, int], Awaitable[None]]:
    """How the body of a route is read, whose headers say how long it is; at most so many bytes are taken."""
    if taken.reads:
        return _no_body

    async def read(request: Opened, length: int, most: int) -> None:
        if length < UNKNOWN:
            must_be(taken.accepts or JSON, request.headers)
            must_fit(length, most)
        if await request.body():
            must_be(taken.accepts or JSON, request.headers)
            await _read_as(taken, request)

    return read


async def _read_as(taken: Takes, request: Opened) -> None:
    if taken.accepts == FORM:
        said = _named_once(await request.body(), "body", taken.fields)
        if faults := [(("body", name), "unseen", _NOT_KEPT) for name, value in said.items() if "\0" in value]:
            raise wrong(faults)
    elif taken.accepts == JSON:
        await request.json()
    elif not taken.accepts:
        must_be_empty(await request.json())


async def _no_body(_request: Opened, _length: int, _most: int) -> None:
    raise wrong([(("body",), "extra_forbidden", "提问不带内容")])


def must_be_empty(found: object) -> None:
    """An act that has nothing to fill in takes an empty form, so that whoever sends one to every act may go on doing so."""
    if not isinstance(found, dict):
        raise wrong([(("body",), "model_type", "应为一组填写项")])
    if found:
        raise wrong([(("body", name), "extra_forbidden", "没有这一项") for name in found])


def must_be(accepts: str, headers: Headers) -> None:
    """Raises `WrongKind` for a body that is packed or of another kind. Bytes need not be named; texts are UTF-8."""
    kind = headers.get("content-type", "" if accepts in (JSON, FORM) else accepts)
    found = None if headers.get("content-encoding", "identity").lower() != "identity" else _KIND.fullmatch(kind.strip())
    if found is None or found[1].lower() != accepts:
        raise WrongKind(accepts)
