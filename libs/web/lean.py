"""The lean way in: one endpoint for every command of every service. Who asks, headers, address, body, form, act: each once, in this order,
with nothing solved and nothing converted (decision 0026).

Strictness and problems are those of every other route: `strict`, `takes`, `problems`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from libs.web.accounts import Account, Accounts
from libs.web.bodies import UNKNOWN, announced, aside, body_of, must_fit
from libs.web.commands import PARTS, Described
from libs.web.envelope import Envelope, digest_of
from libs.web.headers import KEY, IdempotencyKey, versions
from libs.web.problems import Problems
from libs.web.signin import Require, bearer, place_of
from libs.web.strict import NoVersion, headers_once, json_of, must_be, must_be_empty, read_address
from libs.web.takes import JSON, takes

FieldFault = Mapping[str, Any]
Said = Mapping[bytes, bytes]
"""The headers of a request by their names, the first of each."""
_JSON: Final = JSON.encode()
_NOTHING: Final = object()
"""The value of a body that did not come."""
_KEY: Final = TypeAdapter[str](IdempotencyKey)
_PARTS: Final = {name: TypeAdapter[str](kind) for name, kind in PARTS.items()}


class Doorway(NamedTuple):
    """Who has accounts, and what day it is."""

    accounts: Accounts
    today: Callable[[], date]


class Served:
    """A command's route made ready: what a request is held against."""

    def __init__(self, route: Described, most: int) -> None:
        row = route.command
        self.part, self._does, self._keyed, self._who = row.part, row.does, row.keyed, Require(row.act)
        self._form = TypeAdapter[Any](row.form) if row.form else None
        self._takes, self._most = takes(route), row.max_body or most

    async def answer(self, scope: Scope, receive: Receive, place: str, doorway: Doorway) -> Response:
        """What comes of a request about `place`. Raises what every route raises."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        said = dict(reversed(headers))
        account = self._admitted(scope, said, place, doorway)
        if len(said) < len(headers):
            headers_once(headers)
        if scope["query_string"]:
            read_address(scope["query_string"], {}, self._takes)
        if b"if-match" in said and not self._keyed:
            raise NoVersion
        data, value = await self._body(headers, said, receive)
        by, faults = self._envelope(scope, said, account, data)
        faults += faults_of(_PARTS[self.part], place, ("path", self.part))
        form, wrong = await aside(len(data), self._filled, value)
        if faults or wrong:
            raise RequestValidationError([*faults, *wrong])
        return await self._does(by, place, form)

    def _admitted(self, scope: Scope, said: Said, place: str, doorway: Doorway) -> Account:
        shown = said.get(b"authorization")
        account = None if shown is None else bearer(shown.decode("latin-1"), doorway.accounts)
        return self._who.admit(account, scope, place_of({self.part: place}) or "", doorway.today())

    async def _body(self, headers: list[tuple[bytes, bytes]], said: Said, receive: Receive) -> tuple[bytes, Any]:
        """The body's bytes, and its value."""
        length = announced(headers)
        if 0 < length < UNKNOWN:
            _must_be_json(headers, said)
            must_fit(length, self._most)
        data = await body_of(receive, self._most) if length else b""
        if not data:
            return data, _NOTHING
        _must_be_json(headers, said)
        value = await json_of(data)
        if self._form is None:
            must_be_empty(value)
        return data, value

    def _envelope(self, scope: Scope, said: Said, account: Account, data: bytes) -> tuple[Envelope, list[FieldFault]]:
        """The envelope, and what is wrong with the key. A condition is looked at where the key is right."""
        if not self._keyed:
            return Envelope(account, "", "", None), []
        key = said.get(b"idempotency-key")
        if key is None:
            return Envelope(account, "", "", None), [_missing("header", KEY)]
        text = key.decode("latin-1")
        if faults := faults_of(_KEY, text, ("header", KEY)):
            return Envelope(account, "", "", None), faults
        tags = [value.decode("latin-1") for name, value in scope["headers"] if name == b"if-match"] if b"if-match" in said else None
        return Envelope(account, text, digest_of(scope, account.staff, data), versions(tags)), []

    def _filled(self, value: Any) -> tuple[Any, Sequence[FieldFault]]:
        """The form that a value fills in, and what is wrong with it."""
        if self._form is None:
            return None, ()
        if value is _NOTHING:
            return None, [_missing("body")]
        try:
            return self._form.validate_python(value, from_attributes=True), ()
        except ValidationError as no:
            return None, _told(no, ("body",))


def faults_of(kind: TypeAdapter[str], value: str, place: tuple[str, ...]) -> list[FieldFault]:
    """What is wrong with a text that stands at `place`."""
    try:
        kind.validate_python(value)
    except ValidationError as no:
        return _told(no, place)
    return []


def _told(no: ValidationError, place: tuple[str, ...]) -> list[FieldFault]:
    return [{**error, "loc": (*place, *error["loc"])} for error in no.errors(include_url=False, include_input=False)]


def _missing(*place: str) -> FieldFault:
    return {"type": "missing", "loc": place, "msg": "Field required"}


def _must_be_json(headers: list[tuple[bytes, bytes]], said: Said) -> None:
    if said.get(b"content-type") != _JSON or b"content-encoding" in said:
        must_be(JSON, Headers(raw=headers))


class CommandTable:
    """Every command of an application, found by its path."""

    def __init__(self, doorway: Doorway, problems: Problems) -> None:
        self._doorway, self._problems = doorway, problems
        self._found: dict[str, dict[str, Served]] = {}
        """What stands ahead of the part → what stands behind it."""

    def add(self, route: Described, most: int) -> ASGIApp:
        """Takes a command over: the application that answers for it among other routes. Bodies have `most` bytes where it says nothing else."""
        served = Served(route, most)
        ahead, _, behind = route.path.partition(f"{{{served.part}}}")
        self._found.setdefault(ahead, {})[behind] = served

        async def put(scope: Scope, receive: Receive, send: Send) -> None:
            answer = await self.answer(served, scope["path_params"][served.part], scope, receive)
            await answer(scope, receive, send)

        return put

    def find(self, path: str) -> tuple[Served, str] | None:
        """The command that stands at `path`, and the node or the case it is put to."""
        for ahead, behind in self._found.items():
            if path.startswith(ahead):
                place, slash, rest = path[len(ahead) :].partition("/")
                if place and (served := behind.get(slash + rest)) is not None:
                    return served, place
        return None

    async def answer(self, served: Served, place: str, scope: Scope, receive: Receive) -> Response:
        """What comes of a request: its answer, or the problem that came up."""
        try:
            return await served.answer(scope, receive, place, self._doorway)
        except Exception as exc:
            return self._problems.answer(Request(scope), exc)
