"""Signing out of a site whose people sign in at a provider."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from httpx2 import AsyncClient
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from libs.database import Pool
from libs.testkit.browsing import served
from services.door.tests.idp import PEOPLE, Site, settings, standing

pytestmark = pytest.mark.server


async def test_one_signs_out_here_whatever_became_of_the_provider(pool: Pool, tmp_path: Path) -> None:
    """Its address answers as another one by now; or with what is no provider's description at all."""
    for said in ({"issuer": "http://elsewhere.test"}, ["no", "provider"], "nothing"):
        with describing(said) as issuer:
            async with standing(pool, settings(tmp_path, issuer)) as site, site.browser() as browser:
                cookie, word = await signed_in(site, browser)
                out = await browser.post("/sign-out", data={"csrf": word})
                assert (out.status_code, out.headers["location"]) == (303, "/sign-in"), said
                assert (await browser.get("/sign-in/oidc")).status_code in (403, 503)
                assert await site.way.sessions.reader(cookie) is None


async def test_one_is_out_here_before_the_provider_has_answered(pool: Pool, tmp_path: Path) -> None:
    """It may be slow, and the site may be stopped meanwhile."""
    asked, answers = threading.Event(), threading.Event()
    with describing({}, asked.set, answers.wait) as issuer:
        async with standing(pool, settings(tmp_path, issuer)) as site, site.browser() as browser:
            cookie, word = await signed_in(site, browser)
            leaving = asyncio.create_task(browser.post("/sign-out", data={"csrf": word}))
            try:
                assert await asyncio.to_thread(asked.wait, 60)
                assert await site.way.sessions.reader(cookie) is None
            finally:
                answers.set()
            assert (await leaving).headers["location"] == "/sign-in"


async def signed_in(site: Site, browser: AsyncClient) -> tuple[str, str]:
    """Somebody who came from the provider: their cookie, and the hidden word of their forms."""
    cookie = await site.way.sessions.begin_elsewhere("C0117", PEOPLE["clerk"].claims, "token")
    browser.cookies.set("liandong-session", cookie)
    word = re.search(r'name="csrf" value="([0-9a-f]{64})"', (await browser.get("/account")).text)
    assert word is not None
    return cookie, word[1]


@contextmanager
def describing(said: object, *first: Callable[[], object]) -> Iterator[str]:
    """A server that answers everything with this, after it has done something: its address."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        for do in first:
            await asyncio.to_thread(do)
        await JSONResponse(said)(scope, receive, send)

    with served(answer) as address:
        yield address
