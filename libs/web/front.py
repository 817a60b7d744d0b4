"""The sign-in page, its form, and the way out."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Form, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.web.accounts import Accounts, NotAllowed, digest
from libs.web.acting import OLD_PAGE, kept_key, says_word
from libs.web.addresses import local
from libs.web.entrance import LONGEST_SESSION, Entrance
from libs.web.pages import Pages
from libs.web.signin import FromHere, SignedIn, cookie_name, entrance_of, is_secure, reader, session_cookie

LONGEST: Final = 2000
"""Characters of a path to go on to."""
Token = Annotated[str, Form(max_length=200)]
Next = Annotated[str, Form(max_length=LONGEST)]
Word = Annotated[str, Form(max_length=200)]
Everywhere = Annotated[str, Form(max_length=1)]
UNKEPT: Final = {"Cache-Control": "no-store"}


class Limited:
    """A dependency: whoever asks from this address may do so at the rate of this name (`RATES`). Answers 429 with `Retry-After`."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, request: Request) -> None:
        await limit(request, self.name, caller(request))


async def limit(request: Request, name: str, key: str) -> None:
    """Counts one for `key`. Raises `HTTPException` (429) for one too many."""
    if seconds := await entrance_of(request).limits.wait(name, key):
        raise HTTPException(429, headers={"Retry-After": str(seconds)})


def caller(request: Request) -> str:
    """Where a request comes from, as it is counted: a household of IPv6 has more addresses than there are rows, and counts once."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return str(ip_network((address, 64), strict=False)) if isinstance(address, IPv6Address) else host


def sign_in_router(pages: Pages, accounts: Accounts, entrance: Entrance) -> APIRouter:
    """The sign-in page, its form and the way out."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sign-in")
    async def sign_in(request: Request, next: Annotated[str, Query(max_length=LONGEST)] = "/") -> Response:  # noqa: A002 (the name in the address)
        return pages.render(request, "sign-in.html", next=local(next), because="", kept=kept_key(request))

    @router.post("/sign-in", dependencies=[Depends(FromHere("登录表单须从本站页面提交"))])
    async def begin(request: Request, token: Token = "", next: Next = "/") -> Response:  # noqa: A002
        await limit(request, "sign-in", caller(request))
        account = accounts.by_token(token.strip())
        if account is None:
            return pages.render(
                request,
                "sign-in.html",
                status_code=401,
                next=local(next),
                because="没有这个令牌。请检查是否完整复制。",
                kept=kept_key(request),
            )
        await entrance.sessions.end(session_cookie(request))
        answer = RedirectResponse(local(next), 303, headers=UNKEPT)
        set_session(request, answer, await entrance.sessions.begin(account, digest(token.strip())))
        return answer

    @router.post("/sign-out", dependencies=[Depends(FromHere("须从本站页面退出"))])
    async def end(request: Request, csrf: Word = "", everywhere: Everywhere = "") -> Response:
        cookie = session_cookie(request)
        if cookie and not says_word(cookie, csrf):
            raise NotAllowed(OLD_PAGE)
        account = await reader(request)
        if everywhere and account is not None:
            await entrance.sessions.end_all(account.staff)
        await entrance.sessions.end(cookie)
        answer = RedirectResponse("/sign-in", 303, headers=UNKEPT)
        answer.delete_cookie(cookie_name(request), httponly=True, secure=is_secure(request), samesite="strict")
        return answer

    @router.get("/account", dependencies=[Depends(SignedIn())])
    async def mine(request: Request) -> Response:
        return pages.render(request, "account.html")

    return router


def set_session(request: Request, answer: Response, cookie: str) -> None:
    """Has the browser keep the session: for this host only, out of reach of scripts and of other sites."""
    seconds = int(LONGEST_SESSION.total_seconds())
    answer.set_cookie(cookie_name(request), cookie, max_age=seconds, httponly=True, secure=is_secure(request), samesite="strict")
