"""Signing in at an OpenID provider: out, back, and one sentence for whoever cannot come in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Final

import msgspec
import structlog
from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.database import Pool
from libs.web import (
    Limited,
    Pages,
    Sealed,
    cookie_name,
    going,
    is_secure,
    local,
    new_key,
    open_fields,
    row_of,
    seal_fields,
    session_cookie,
    set_session,
)
from services.door.http.provider import Leaving, NotBelieved, Provider, ProviderAway, leaving, state_of
from services.door.http.sessions import StoredSessions
from services.door.settings import NO_SECOND, NoGrant, SecondNeeded

PLACE: Final = "/sign-in/oidc"
ON_THE_WAY: Final = 600
"""Seconds that signing in at the provider may take."""
AWAY: Final = "统一身份认证暂时连不上，请过一会儿再试"
STRANGE: Final = "登录没有完成：返回的内容与本次登录不符。请重新登录"
CANCELLED: Final = "登录没有完成：统一身份认证没有确认您的身份。请重新登录"
_SET_OUT: Final = "insert into leaving (row, sealed) values ($1, $2)"
_COME_BACK: Final = "delete from leaving where row = $1 and made > now() - make_interval(secs => $2) returning sealed"
QueryText = Annotated[str, Query(max_length=4000)]
_log = structlog.get_logger("door")


class SecondAsked(Exception):
    """Somebody has to show a second factor, and is on the way to a page: `to`."""

    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.to = to


class Way:
    """The way to the provider and back; what is known of somebody under way is sealed under a key that only the browser has, and used once."""

    def __init__(self, provider: Provider, sessions: StoredSessions, pool: Pool) -> None:
        self.provider, self.sessions, self._pool = provider, sessions, pool

    async def out(self, request: Request, to: str, *, step_up: bool) -> Response:
        """Leads to the provider."""
        key, on_way = new_key(), leaving(local(to))
        there = await self.provider.address(on_way, state_of(key), step_up=step_up)
        sealed = seal_fields(key, PLACE, "", {"nonce": on_way.nonce, "verifier": on_way.verifier, "next": on_way.next})
        await self._pool.execute(_SET_OUT, row_of(key), sealed.data)
        answer = RedirectResponse(there, 303, headers={"Cache-Control": "no-store"})
        name = cookie_name(request, "-leaving")
        answer.set_cookie(name, key, max_age=ON_THE_WAY, httponly=True, secure=is_secure(request), samesite="lax")
        return answer

    async def met(self, request: Request, state: str) -> Leaving:
        """What is known of whoever comes back. Raises `NotBelieved` for a state that this browser did not set out with, or did before."""
        key = request.cookies.get(cookie_name(request, "-leaving"), "")
        if not key or state_of(key) != state:
            raise NotBelieved("another state")
        sealed: bytes | None = await self._pool.fetchval(_COME_BACK, row_of(key), float(ON_THE_WAY))
        if sealed is None:
            raise NotBelieved("a state that was used, or is too old")
        return msgspec.convert(open_fields(key, PLACE, "", Sealed(sealed, "")), Leaving)

    async def back(self, request: Request, pages: Pages, state: str, code: str, iss: str | None) -> Response:
        """Lets in whoever the provider knows and has a post here."""
        on_way = await self.met(request, state)
        found = await self.provider.identity(on_way, code, iss)
        told = self.provider.told
        try:
            account = told.known(found.claims)
        except SecondNeeded:
            raise SecondAsked(on_way.next) from None
        await self.sessions.end(session_cookie(request))
        cookie = await self.sessions.begin_elsewhere(account.staff, told.kept(found.claims), found.token)
        answer = going(pages, request, pages.landing(request, account, on_way.next), "已登录")
        set_session(request, answer, cookie)
        answer.delete_cookie(cookie_name(request, "-leaving"), httponly=True, secure=is_secure(request), samesite="lax")
        return answer

    async def hint(self, cookie: str) -> str:
        """The provider's token of a session begun there."""
        return await self.sessions.hint(cookie)

    async def leads(self, hint: str) -> str:
        """Where the browser goes on to sign out at the provider; empty while it is away or not itself."""
        try:
            return await self.provider.way_out(hint)
        except (ProviderAway, NotBelieved) as fault:
            _log.warning("door.provider_away", because=str(fault))
            return ""


def oidc_router(way: Way) -> APIRouter:
    """The way out and the way back."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sign-in/oidc", dependencies=[Depends(Limited("sign-in"))])
    async def out(request: Request, next: QueryText = "/", step_up: bool = False) -> Response:  # noqa: A002 (the name in the address)
        return await _said(request, lambda: way.out(request, next, step_up=step_up))

    @router.get("/sign-in/oidc/back", dependencies=[Depends(Limited("sign-in"))])
    async def back(
        request: Request, state: QueryText = "", code: QueryText = "", error: QueryText = "", iss: QueryText | None = None
    ) -> Response:
        if error or not code:
            return _no(request, CANCELLED, 403)
        return await _said(request, lambda: way.back(request, request.app.state.pages, state, code, iss))

    return router


async def _said(request: Request, work: Callable[[], Awaitable[Response]]) -> Response:
    """What comes of it; where nothing does, one sentence and what to do."""
    try:
        return await work()
    except ProviderAway as away:
        _log.warning("door.provider_away", because=str(away))
        return _no(request, AWAY, 503)
    except NotBelieved as odd:
        _log.warning("door.not_believed", because=str(odd))
        return _no(request, STRANGE, 403)
    except NoGrant as no:
        return _no(request, str(no), 403)
    except SecondAsked as more:
        return _no(request, NO_SECOND, 403, to=more.to, step_up=True)


def _no(request: Request, because: str, status: int, *, to: str = "/", step_up: bool = False) -> Response:
    """Nobody has come in; `to` is where they were going, as far as that is known."""
    pages: Pages = request.app.state.pages
    return pages.render(request, "not-in.html", status_code=status, because=because, next=to, step_up=step_up)
