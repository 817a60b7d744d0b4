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
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Query
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from libs.forms import CASE_NUMBER
from libs.web.accounts import Account, Accounts, NotAllowed, Role, digest
from libs.web.headers import same_origin
from libs.web.pages import Pages

SESSION_SECONDS: Final = 12 * 3600
SESSIONS: Final = 10_000
"""Sessions kept at once; the oldest ends when another begins."""
ATTEMPTS: Final = 10
ATTEMPT_SECONDS: Final = 60.0
"""Sign-ins that one address may try in this time."""
_CASE: Final = re.compile(CASE_NUMBER)
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
    """A dependency: the account that asks, when it has one of the roles and works for the node in the path."""

    def __init__(self, *roles: Role) -> None:
        self.model = HTTPBearer(description="账号令牌")
        self.scheme_name = "bearer"
        self.roles = frozenset(roles)

    async def __call__(self, request: Request) -> Account:
        return self.admit(_who(request), request.scope, place_of(request.path_params))

    def admit(self, account: Account | None, scope: Scope, node: str | None) -> Account:
        """The account, when it may do so at `node` (None: nowhere in particular); from here on the request is known as its. Raises
        `HTTPException` (401) or `NotAllowed`.
        """
        if account is None:
            raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="liandong"'})
        scope.setdefault("state", {})["account"] = account
        if self.roles and not account.roles & self.roles:
            raise NotAllowed(f"{account.post}（{account.staff}）没有这项权限")
        if node is not None:
            account.must_work_for(node)
        return account


def require(*roles: Role) -> Require:
    """`Annotated[Account, Depends(require(Role.CLERK))]`: any one of `roles`; none given: anybody who has an account.

    Answers 401 with `WWW-Authenticate`, 403 when no role or the node of the path's `node` or `case` is not covered. A node that is not in
    the path is for the handler to ask about: `account.must_work_for(node)`.
    """
    return Require(*roles)


class FromHere:
    """A dependency: the form was sent from a page of this very site, as far as the browser says."""

    def __init__(self, because: str) -> None:
        self.because = because

    async def __call__(self, request: Request) -> None:
        if not same_origin(request.headers):
            raise NotAllowed(self.because)


def place_of(parts: Mapping[str, str]) -> str | None:
    """The node a path is about; None where it names none, or a case number that is none (the handler's types say so)."""
    case = parts.get("case", "")
    return case.partition("-")[0] if "node" not in parts and _CASE.fullmatch(case) else parts.get("node")


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


def shown_by(request: Request) -> dict[str, str]:
    """The headers with which this very site is asked further as whoever sent `request`, for reading: their token, or their session's cookie."""
    if (authorization := request.headers.get("authorization")) is not None:
        return {"Authorization": authorization}
    sessions: Sessions = request.app.state.sessions
    return {"Cookie": f"{sessions.cookie}={request.cookies.get(sessions.cookie, '')}"}


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
