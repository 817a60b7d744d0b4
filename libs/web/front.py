"""The sign-in page and its form, the way out; the first page of one's own, and what somebody sees of their own account."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Form, Query
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.codes import has_personal_number
from libs.web.accounts import Account, Accounts, NotAllowed
from libs.web.acting import OLD_PAGE, kept_key, says_word
from libs.web.addresses import local
from libs.web.entrance import LONGEST_SESSION, Entrance
from libs.web.language import marked
from libs.web.mine import own_account
from libs.web.opening import ACCOUNT, FIRST
from libs.web.pages import Pages
from libs.web.passwords import LONGEST_PASSWORD, Passwords, TooBusy
from libs.web.signin import FromHere, SignedIn, cookie_name, entrance_of, is_secure, reader, session_cookie

LONGEST: Final = 2000
"""Characters of a path to go on to."""
StaffNumber = Annotated[str, Form(max_length=100)]
Secret = Annotated[str, Form(max_length=LONGEST_PASSWORD)]
Next = Annotated[str, Form(max_length=LONGEST)]
Hidden = Annotated[str, Form(max_length=200)]
Everywhere = Annotated[str, Form(max_length=1)]
UNKEPT: Final = {"Cache-Control": "no-store"}
WRONG: Final = marked("账号或口令不对。请核对后再试。")
"""The same for an account that there is not."""
NO_ACCOUNT: Final = "账号是工号，不是身份证号码或手机号码。"
"""Such a number is written nowhere, nor is its digest, which could be guessed: nobody's tries are counted under it."""


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
    """Where a request comes from, as it is counted: a household of IPv6 has more addresses than there are rows, and counts once. An address of
    IPv4 that is written as one of IPv6 is itself: all of them together are one /64.
    """
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return host


class Front:
    """What the sign-in page needs: the frame of the pages, who may come in, and what keeps that they have."""

    def __init__(self, pages: Pages, accounts: Accounts, entrance: Entrance) -> None:
        self._pages, self._accounts, self._entrance = pages, accounts, entrance
        self._passwords = Passwords()

    def page(self, request: Request, to: str, *, because: str = "", staff: str = "") -> Response:
        """The sign-in page, with the account filled in; with `because` after a wrong try."""
        shown: dict[str, Any] = {
            "next": local(to),
            "because": because,
            "staff": "" if has_personal_number(staff) else staff,
            "kept": bool(kept_key(request)),
            "people": self._accounts.people if self._entrance.listed else (),
            "elsewhere": self._entrance.elsewhere is not None,
            "here_too": self._entrance.elsewhere is None or bool(self._accounts.people),
        }
        return self._pages.render(request, "public/sign-in.html", status_code=401 if because else 200, **shown)

    async def begin(self, request: Request, staff: str, password: str, to: str) -> Response:
        """Signs in, or says that it was wrong. Raises `HTTPException` for who has to wait."""
        staff = staff.strip()
        await limit(request, "sign-in", caller(request))
        if has_personal_number(staff):
            return self.page(request, to, because=NO_ACCOUNT)
        await limit(request, "sign-in-account", staff)
        found = await self._known(staff, password)
        if found is None:
            return self.page(request, to, because=WRONG, staff=staff)
        await self._entrance.sessions.end(session_cookie(request))
        answer = RedirectResponse(self._pages.landing(request, found[0], to), 303, headers=UNKEPT)
        set_session(request, answer, await self._entrance.sessions.begin(*found))
        return answer

    async def _known(self, staff: str, password: str) -> tuple[Account, str] | None:
        """The account and the key of its session, where the password is right. Whether there is the account cannot be told from the time."""
        person, hashes = self._accounts.person(staff), self._entrance.rehashed
        kept = await hashes.find(staff, person.key if person else "") or (person.kept if person else "")
        try:
            compared = await self._passwords.held(kept, password)
        except TooBusy:
            raise HTTPException(503, headers={"Retry-After": "2"}) from None
        if person is None or not compared.right:
            return None
        if compared.anew:
            await hashes.keep(staff, person.key, compared.anew)
        return person.account, person.key

    async def end(self, request: Request, word: str, *, everywhere: bool) -> Response:
        """Signs out, here or everywhere, and leads on to whoever else has to be told. Raises `NotAllowed` for a form of another session."""
        cookie = session_cookie(request)
        if cookie and not says_word(cookie, word):
            raise NotAllowed(OLD_PAGE)
        account, elsewhere = await reader(request), self._entrance.elsewhere
        hint = await elsewhere.hint(cookie) if elsewhere is not None else ""
        if everywhere and account is not None:
            await self._entrance.sessions.end_all(account.staff)
        await self._entrance.sessions.end(cookie)
        to = await elsewhere.leads(hint) if elsewhere is not None and hint else ""
        request.scope["state"].pop("account", None)
        answer = going(self._pages, request, to, "正在退出统一身份认证") if to else RedirectResponse("/sign-in", 303, headers=UNKEPT)
        answer.delete_cookie(cookie_name(request), httponly=True, secure=is_secure(request), samesite="strict")
        return answer


def going(pages: Pages, request: Request, to: str, title: str) -> Response:
    """A page that leads on by itself: a form's answer may not redirect elsewhere, and what comes from elsewhere has no session of ours."""
    return pages.render(request, "going.html", to=to, title=title)


def sign_in_router(pages: Pages, accounts: Accounts, entrance: Entrance) -> APIRouter:
    """The first page of one's own, the sign-in page, its form, the way out, and one's own account."""
    router, front = APIRouter(include_in_schema=False), Front(pages, accounts, entrance)

    @router.get(FIRST)
    async def first(request: Request, account: Annotated[Account, Depends(SignedIn())]) -> Response:
        return RedirectResponse(pages.first(request, account), 303, headers=UNKEPT)

    @router.get("/sign-in")
    async def sign_in(
        request: Request,
        next: Annotated[str, Query(max_length=LONGEST)] = "/",  # noqa: A002 (the name in the address)
        staff: Annotated[str, Query(max_length=100)] = "",
    ) -> Response:
        return front.page(request, next, staff=staff)

    @router.post("/sign-in", dependencies=[Depends(FromHere(marked("登录表单须从本站页面提交")))])
    async def begin(request: Request, staff: StaffNumber = "", password: Secret = "", next: Next = "/") -> Response:  # noqa: A002
        return await front.begin(request, staff, password, next)

    @router.post("/sign-out", dependencies=[Depends(FromHere(marked("须从本站页面退出")))])
    async def end(request: Request, csrf: Hidden = "", everywhere: Everywhere = "") -> Response:
        return await front.end(request, csrf, everywhere=bool(everywhere))

    @router.get(ACCOUNT)
    async def mine(request: Request, account: Annotated[Account, Depends(SignedIn())]) -> Response:
        return pages.render(request, "account.html", **own_account(account.grants, request.app.state.today()))

    return router


def set_session(request: Request, answer: Response, cookie: str) -> None:
    """Has the browser keep the session: for this host only, out of reach of scripts and of other sites."""
    seconds = int(LONGEST_SESSION.total_seconds())
    answer.set_cookie(cookie_name(request), cookie, max_age=seconds, httponly=True, secure=is_secure(request), samesite="strict")
