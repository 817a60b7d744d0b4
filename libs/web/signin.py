"""Who is asking: a bearer token, or, for reading only, the cookie of a session begun on the sign-in page (decision 0007).

A session is opaque and kept here, in this process; its cookie is never honoured for anything but GET and HEAD, so that no other page
can make a browser act.
"""

from __future__ import annotations

import math
import re
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from libs.authority import ACTS
from libs.forms import CASE_NUMBER, CLOCK_NAME
from libs.web.accounts import Account, Accounts, NotAllowed, digest
from libs.web.headers import same_origin
from libs.web.pages import Pages

SESSION_SECONDS: Final = 12 * 3600
SESSIONS: Final = 10_000
"""Sessions kept at once; the oldest ends when another begins."""
ATTEMPTS: Final = 10
ATTEMPT_SECONDS: Final = 60.0
"""Sign-ins that one address may try in this time."""
_CASE: Final = re.compile(CASE_NUMBER)
_CLOCK: Final = re.compile(CLOCK_NAME)
READS: Final = frozenset({"GET", "HEAD"})

LONGEST: Final = 2000
"""Characters of a path to go on to."""
Token = Annotated[str, Form(max_length=200)]
Next = Annotated[str, Form(max_length=LONGEST)]

Seconds = Callable[[], float]
"""Seconds, going forward only."""


class RateLimit:
    """At most `limit` in any `seconds`, per key; kept in this process, for the keys seen last."""

    def __init__(self, limit: int, seconds: float, clock: Seconds = time.monotonic, keys: int = 10_000) -> None:
        self._limit, self._seconds, self._clock, self._keys = limit, seconds, clock, keys
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, key: str) -> int:
        """Count one for `key`: 0 when it may go on, else the whole seconds to wait (those refused are not counted)."""
        now = self._clock()
        times = self._seen.setdefault(key, deque())
        self._seen.move_to_end(key)
        if len(self._seen) > self._keys:
            self._seen.popitem(last=False)
        while times and times[0] <= now - self._seconds:
            times.popleft()
        if len(times) >= self._limit:
            return math.ceil(times[0] + self._seconds - now)
        times.append(now)
        return 0


class Sessions:
    """Who has signed in, by the digest of an opaque cookie."""

    def __init__(self, accounts: Accounts, site: str = "", clock: Seconds = time.monotonic) -> None:
        self._accounts, self._clock = accounts, clock
        self._open: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self.cookie = f"liandong-{site or 'session'}"
        """Sites of one box differ by port only, which cookies do not tell apart."""

    def begin(self, token: str) -> str | None:
        """A new session's cookie value; None when the token is nobody's."""
        if self._accounts.by_token(token) is None:
            return None
        value = secrets.token_urlsafe(24)
        self._open[digest(value)] = (digest(token), self._clock() + SESSION_SECONDS)
        if len(self._open) > SESSIONS:
            self._open.popitem(last=False)
        return value

    def end(self, value: str) -> None:
        """Nobody is known by this cookie any more."""
        self._open.pop(digest(value), None)

    def reader(self, value: str) -> Account | None:
        """Whose session this is, as long as it runs and the account exists."""
        whose, until = self._open.get(digest(value), ("", 0.0))
        return self._accounts.by_digest(whose) if self._clock() < until else None


class Require(SecurityBase):
    """A dependency: the account that asks, when its grants let it do the act at the node in the path, today."""

    def __init__(self, act: str, *, anywhere: bool = False) -> None:
        self.model = HTTPBearer(description="账号令牌")
        self.scheme_name = "bearer"
        self.act, self._anywhere = ACTS[act].name, anywhere

    async def __call__(self, request: Request) -> Account:
        state = request.app.state
        node = place_of(request.path_params)
        if node is None:
            node = "" if self._anywhere else state.site
        return self.admit(_who(request), request.scope, node, state.today())

    def admit(self, account: Account | None, scope: Scope, node: str, day: date) -> Account:
        """The account, when it may do so at `node` ("": nowhere in particular); from here on the request is known as its. Raises
        `HTTPException` (401) or `NotAllowed`.
        """
        if account is None:
            raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="liandong"'})
        scope.setdefault("state", {})["account"] = account
        account.must(self.act, node, day)
        return account


def require(act: str, *, anywhere: bool = False) -> Require:
    """`Annotated[Account, Depends(require("hub.read-city"))]`: somebody who may do this act. Raises `KeyError` for an act that there is not.

    Answers 401 with `WWW-Authenticate`, 403 with the sentence why not. It is asked for the node of the path's `node`, `case` or `clock`; where
    the path names none, for the site itself, unless it may be asked `anywhere`, and what is shown there is for each reader's nodes.
    """
    return Require(act, anywhere=anywhere)


class FromHere:
    """A dependency: the form was sent from a page of this very site, as far as the browser says."""

    def __init__(self, because: str) -> None:
        self.because = because

    async def __call__(self, request: Request) -> None:
        if not same_origin(request.headers):
            raise NotAllowed(self.because)


def place_of(parts: Mapping[str, str]) -> str | None:
    """The node a path is about: "" where it should name one and does not (the handler's types say so); None where it names none at all."""
    if "node" in parts:
        return parts["node"]
    if "clock" in parts:
        return _node_in(parts["clock"].split(":")[1]) if _CLOCK.fullmatch(parts["clock"]) else ""
    return _node_in(parts["case"]) if "case" in parts else None


def _node_in(case: str) -> str:
    return case.partition("-")[0] if _CASE.fullmatch(case) else ""


def bearer(authorization: str, accounts: Accounts) -> Account | None:
    """Whose token this header shows."""
    scheme, _, token = authorization.partition(" ")
    return accounts.by_token(token.strip()) if scheme.lower() == "bearer" else None


def _who(request: Request) -> Account | None:
    authorization = request.headers.get("authorization")
    if authorization is not None:
        return bearer(authorization, request.app.state.accounts)
    return reader(request) if request.method in READS else None


def reader(request: Request) -> Account | None:
    """Whose session the browser shows, for reading."""
    sessions: Sessions = request.app.state.sessions
    value = request.cookies.get(sessions.cookie)
    return sessions.reader(value) if value else None


def local(path: str) -> str:
    """`path` when it leads to a page of this site, else the first page: nobody is sent elsewhere by a link to us."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path or not path.isprintable():
        return "/"
    parts = urlsplit(path)
    return "/" if parts.scheme or parts.netloc else path


def sign_in_router(pages: Pages, sessions: Sessions, limit: RateLimit) -> APIRouter:
    """The sign-in page, its form and the way out."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sign-in")
    async def sign_in(request: Request, next: Annotated[str, Query(max_length=LONGEST)] = "/") -> Response:  # noqa: A002 (the name in the address)
        return pages.render(request, "sign-in.html", next=local(next), because="")

    @router.post("/sign-in", dependencies=[Depends(FromHere("登录表单须从本站页面提交"))])
    async def begin(request: Request, token: Token = "", next: Next = "/") -> Response:  # noqa: A002
        seconds = limit.wait(request.client.host if request.client else "")
        if seconds:
            raise HTTPException(429, headers={"Retry-After": str(seconds)})
        value = sessions.begin(token.strip())
        if value is None:
            return pages.render(request, "sign-in.html", status_code=401, next=local(next), because="没有这个令牌。请检查是否完整复制。")
        _leave(request, sessions)
        answer = RedirectResponse(local(next), 303, headers={"Cache-Control": "no-store"})
        secure = request.scope["scheme"] == "https"
        answer.set_cookie(sessions.cookie, value, max_age=SESSION_SECONDS, httponly=True, secure=secure, samesite="strict")
        return answer

    @router.post("/sign-out", dependencies=[Depends(FromHere("须从本站页面退出"))])
    async def end(request: Request) -> Response:
        _leave(request, sessions)
        answer = RedirectResponse("/sign-in", 303, headers={"Cache-Control": "no-store"})
        answer.delete_cookie(sessions.cookie, httponly=True, samesite="strict")
        return answer

    return router


def _leave(request: Request, sessions: Sessions) -> None:
    sessions.end(request.cookies.get(sessions.cookie, ""))
