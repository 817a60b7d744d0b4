"""An auditor reads until the day that is said: from the next on, a session that was begun before shows nothing any more, at any route."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from httpx2 import ASGITransport, AsyncClient

from libs.authority import ACTS, Post, posted
from libs.testkit.unserved import CITY, application
from libs.web import Accounts, hashed
from tests.contracts.test_bodies import PARTS
from tests.repository.test_authority import required

LAST: Final = date(2026, 11, 23)
PASSWORD: Final = "wawc-prad-qaxa-gpvx"


def reads(app: FastAPI) -> dict[str, str]:
    """The path of everything that an auditor reads, and its act."""
    routes = [route for route in app.routes if isinstance(route, APIRoute) and "GET" in (route.methods or ())]
    acts = {route.path: one.act for route in routes for one in required(route.dependant)}
    found = {path: act for path, act in acts.items() if Post.AUDITOR in ACTS[act].posts}
    assert len(found) > 15
    return found


def filled(path: str) -> str:
    return "/".join(PARTS[part[1:-1].partition(":")[0]] if part.startswith("{") else part for part in path.split("/"))


@pytest.mark.parametrize("at", ["city", "site"])
async def test_what_ended_yesterday_shows_nothing_today(at: str) -> None:
    accounts = Accounts()
    account, token = accounts.issue("A9001", posted([Post.AUDITOR], [CITY.code], last=LAST, document="审函〔2026〕3号"), "上级审计")
    accounts.set_password(account, hashed(PASSWORD))
    async with application(accounts, at) as app:
        app.state.today = lambda: LAST + timedelta(days=1)
        async with AsyncClient(transport=ASGITransport(app=app), base_url="http://site") as client:
            signed = await client.post("/sign-in", data={"staff": "A9001", "password": PASSWORD, "next": "/"})
            assert signed.status_code == 303
            for headers in ({}, {"Authorization": f"Bearer {token}"}):
                for path, act in reads(app).items():
                    answer = await client.get(filled(path), headers=headers)
                    because = f"上级审计（A9001）：「{ACTS[act].word}」的授权已于 2026年11月23日 到期（审函〔2026〕3号）"
                    assert (answer.status_code, answer.json()["detail"]) == (403, because), path
