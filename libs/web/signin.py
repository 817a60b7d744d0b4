"""Who is asking: a bearer token, or, for reading, the cookie of a session begun on the sign-in page (decision 0034)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import Depends
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Scope

from libs.forms import CASE_NUMBER
from libs.web.accounts import Account, Accounts, NotAllowed, Role
from libs.web.entrance import Entrance
from libs.web.headers import same_origin

_CASE: Final = re.compile(CASE_NUMBER)
READS: Final = frozenset({"GET", "HEAD"})


class Require(SecurityBase):
    """A dependency: the account that asks, when it has one of the roles and works for the node in the path."""

    def __init__(self, *roles: Role) -> None:
        self.model = HTTPBearer(description="账号令牌")
        self.scheme_name = "bearer"
        self.roles = frozenset(roles)

    async def __call__(self, request: Request) -> Account:
        return self.admit(await _who(request), request.scope, place_of(request.path_params))

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


class SignedIn:
    """A dependency: whoever has signed in, whatever they may do. Answers 401."""

    async def __call__(self, request: Request) -> Account:
        account = await reader(request)
        if account is None:
            raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="liandong"'})
        request.scope["state"]["account"] = account
        return account


Anybody = Annotated[Account, Depends(require())]
"""Who asks: whoever has an account."""


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


async def _who(request: Request) -> Account | None:
    authorization = request.headers.get("authorization")
    if authorization is not None:
        return bearer(authorization, request.app.state.accounts)
    return await reader(request) if request.method in READS else None


async def reader(request: Request) -> Account | None:
    """Whose session the browser shows; asked once a request."""
    state = request.scope.setdefault("state", {})
    if "reader" not in state:
        cookie = session_cookie(request)
        state["reader"] = await entrance_of(request).sessions.reader(cookie) if cookie else None
    found: Account | None = state["reader"]
    return found


def shown_by(request: Request) -> dict[str, str]:
    """The headers with which this very site is asked further as whoever sent `request`, for reading: their token, or their session's cookie. Within
    the site it goes by HTTP, however the browser came.
    """
    if (authorization := request.headers.get("authorization")) is not None:
        return {"Authorization": authorization}
    return {"Cookie": f"{_cookie_of(request.app.state.site)}={session_cookie(request)}"}


def entrance_of(request: Request) -> Entrance:
    """The entrance of the site that is asked."""
    found: Entrance = request.app.state.entrance
    return found


def session_cookie(request: Request) -> str:
    """What the browser shows of its session; empty where it shows nothing."""
    return request.cookies.get(cookie_name(request), "")


def cookie_name(request: Request, what: str = "") -> str:
    """Sites of one box differ by port only, which cookies do not tell apart. Over HTTPS the name says that nobody but this host has set it."""
    name = _cookie_of(request.app.state.site, what)
    return f"__Host-{name}" if is_secure(request) else name


def _cookie_of(site: str, what: str = "") -> str:
    return f"liandong-{site or 'session'}{what}"


def is_secure(request: Request) -> bool:
    """Whether the browser came by HTTPS."""
    return bool(request.scope["scheme"] == "https")
