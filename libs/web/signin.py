"""Who is asking: a bearer token, or, for reading, the cookie of a session begun on the sign-in page (decision 0034)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Scope

from libs.authority import ACTS, may
from libs.forms import CASE_NUMBER, CLOCK_NAME, NODE_CODE
from libs.web.accounts import Account, Accounts, NotAllowed
from libs.web.entrance import Entrance
from libs.web.headers import same_origin
from libs.web.reads import WatchedRead, path_kept

_CASE: Final = re.compile(CASE_NUMBER)
_CLOCK: Final = re.compile(CLOCK_NAME)
_NODE: Final = re.compile(NODE_CODE)
READS: Final = frozenset({"GET", "HEAD"})


class Require(SecurityBase):
    """A dependency: the account that asks, when its grants let it do the act at the node in the path, today."""

    def __init__(self, act: str, *, anywhere: bool = False) -> None:
        self.model = HTTPBearer(description="账号令牌")
        self.scheme_name = "bearer"
        self.act, self.anywhere = ACTS[act].name, anywhere

    async def __call__(self, request: Request) -> Account:
        account = self.admitted(await _who(request), request)
        told = request.scope["state"].setdefault("reads", set())  # the door is asked before the body and again by the route
        if self.act not in told and account.watched(node := place_of(request.path_params) or ""):
            path = path_kept(request.scope["route"].path, request.path_params)
            await request.app.state.reads(WatchedRead(account.staff, self.act, node, path))
            told.add(self.act)
        return account

    def admitted(self, account: Account | None, request: Request) -> Account:
        """The account, when it may do so now, at the node that the request is about. Raises as `admit` does."""
        state = request.app.state
        today = state.today()
        return self.admit(account, request.scope, self.where(request.path_params, state.site), today).asking(self.act, today)

    def where(self, parts: Mapping[str, str], site: str) -> str:
        """The node it is asked for at a path of these parts: the path's own, else the site's; "": nowhere in particular."""
        node = place_of(parts)
        return node if node is not None else "" if self.anywhere else site

    def why_not(self, account: Account, parts: Mapping[str, str], site: str, day: date) -> str | None:
        """None where the account is let in at a path of these parts on the day; else the sentence why not."""
        return may(account.grants, self.act, "", self.where(parts, site), day)

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


class SignedIn:
    """A dependency: whoever is known, whatever they may do. Answers 401."""

    async def __call__(self, request: Request) -> Account:
        account = await _who(request)
        if account is None:
            raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="liandong"'})
        request.scope.setdefault("state", {})["account"] = account
        return account

    def why_not(self, _account: Account, _parts: Mapping[str, str], _site: str, _day: date) -> str | None:
        """None: everybody who is known is let in."""
        return None


async def perhaps_signed_in(request: Request) -> None:
    """A dependency of a page for everybody: whoever has signed in is shown so."""
    if (account := await reader(request)) is not None:
        request.scope["state"]["account"] = account


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
        return parts["node"] if _NODE.fullmatch(parts["node"]) else ""
    if "clock" in parts:
        return _node_in(parts["clock"].split(":")[1]) if _CLOCK.fullmatch(parts["clock"]) else ""
    if "case" in parts:
        return _node_in(parts["case"])
    return "" if "subject" in parts else None  # whose node that is, only the vault knows


def _node_in(case: str) -> str:
    return case.partition("-")[0] if _CASE.fullmatch(case) else ""


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
