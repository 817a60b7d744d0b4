"""Acts from a page: a form counts when it comes from this very site, with the session's cookie and the word that only its pages know.

Whoever's session has run out meanwhile loses nothing: what was typed is put aside, and stands in the same form again after signing in.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from hashlib import sha256
from typing import Annotated, Final
from urllib.parse import parse_qsl, quote, urlsplit

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.web.accounts import Account, NotAllowed
from libs.web.addresses import local
from libs.web.entrance import KEPT_FORM
from libs.web.headers import same_origin
from libs.web.language import marked
from libs.web.signin import Require, cookie_name, entrance_of, is_secure, reader, session_cookie

WORD: Final = "csrf"
"""The hidden field that only a page of the session can fill in."""
OLD_PAGE: Final = marked("这个页面已经过期，没有办理。请重新打开页面再提交")
NOT_HERE: Final = marked("须从本站页面提交")


def word_of(cookie: str) -> str:
    """What a form of the session says; it tells nothing of the cookie, and nobody can make it up who does not have that."""
    return hmac.new(cookie.encode("utf-8", "surrogatepass"), b"csrf", sha256).hexdigest() if cookie else ""


def word_for(request: Request) -> str:
    """What a form of the page that is asked for has to say; empty for a reader without a session, and outside of an application."""
    return word_of(session_cookie(request)) if "app" in request.scope else ""


def says_word(cookie: str, said: str) -> bool:
    """Whether a form was filled in on a page of this session."""
    return bool(cookie) and hmac.compare_digest(word_of(cookie).encode(), said.encode("utf-8", "surrogatepass"))


class SignInFirst(Exception):
    """The session has run out; `key` opens what was typed, `back` is where the form stands."""

    def __init__(self, back: str, key: str) -> None:
        super().__init__(back)
        self.back, self.key = back, key


class Acting(Require):
    """`Require` for a page's form: who acts is known by the session, never by a token."""

    async def __call__(self, request: Request) -> Account:
        if not same_origin(request.headers):
            raise NotAllowed(NOT_HERE)
        cookie = session_cookie(request)
        fields = await fields_of(request) if cookie else {}
        if not says_word(cookie, fields.get(WORD, "")):
            raise NotAllowed(OLD_PAGE)
        account = await reader(request)
        if account is None:
            raise await self._put_aside(request, cookie, fields)
        account = self.admitted(account, request)
        if (key := kept_key(request)) and await entrance_of(request).forms.fields(key, page_of(request), account.staff):
            await entrance_of(request).forms.drop(key)
        return account

    async def _put_aside(self, request: Request, cookie: str, fields: Mapping[str, str]) -> SignInFirst:
        back = page_of(request)
        typed = {name: value for name, value in fields.items() if name != WORD}
        return SignInFirst(back, await entrance_of(request).forms.keep(cookie, back, typed))


def acting(act: str) -> Acting:
    """`Annotated[Account, Depends(acting("intake.accept"))]`: as `require`, for the form of a page."""
    return Acting(act)


async def fields_of(request: Request) -> Mapping[str, str]:
    """The fields of a form that is being sent; none where it is no form. What is wrong with it is told afterwards, to whom may know."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return {}
    try:
        return dict(parse_qsl((await request.body()).decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000))
    except ValueError:
        return {}


def kept_key(request: Request) -> str:
    """The key to what was typed before, as the browser shows it."""
    return request.cookies.get(cookie_name(request, "-typed"), "")


async def typed_before(request: Request) -> Mapping[str, str]:
    """What the reader had typed on this page when the session ran out."""
    key = kept_key(request)
    account = await reader(request) if key else None
    return {} if account is None else await entrance_of(request).forms.fields(key, here(request), account.staff)


TypedBefore = Annotated[Mapping[str, str], Depends(typed_before)]
"""For a page with a form: its fields as they were typed before the session ran out; empty else."""


def page_of(request: Request) -> str:
    """The page on which the form stands, as the browser says; where it says nothing, the form's own address."""
    parts = urlsplit(request.headers.get("referer", ""))
    if not parts.path or parts.netloc != request.headers.get("host"):
        return local(here(request))
    return local(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def here(request: Request) -> str:
    """The address of the page that is asked for, within this site."""
    query = request.scope["query_string"].decode("latin-1")
    return f"{request.scope['path']}?{query}" if query else str(request.scope["path"])


async def sign_in_first(request: Request, told: Exception) -> Response:
    """Leads to the sign-in page, and from there back to the form."""
    assert isinstance(told, SignInFirst)
    answer = RedirectResponse(f"/sign-in?next={quote(told.back, safe='/')}", 303, headers={"Cache-Control": "no-store"})
    if told.key:
        seconds = int(KEPT_FORM.total_seconds())
        name = cookie_name(request, "-typed")
        answer.set_cookie(name, told.key, max_age=seconds, httponly=True, secure=is_secure(request), samesite="strict")
    return answer
