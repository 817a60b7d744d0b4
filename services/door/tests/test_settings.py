"""What becomes of claims: whoever only reads is let in with the day until which they may, or not at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from libs.authority import Post
from libs.database import Pool
from libs.web import Accounts
from services.door.http.sessions import StoredSessions
from services.door.settings import NoGrant, Oidc, SecondFactor

TOLD = Oidc.model_validate(
    {
        "issuer": "https://idp.example",
        "client": "liandong",
        "address": "https://site.example",
        "posts": [{"value": "audit", "post": "auditor"}, {"value": "lead", "post": "leader"}],
    }
)


def claims(*roles: str, **more: Any) -> dict[str, Any]:
    return {"staff": "A9001", "title": "审计", "roles": list(roles), "nodes": ["511525"], **more}


def test_an_auditor_comes_in_with_the_last_day_that_the_provider_says() -> None:
    said = claims("audit", until="2026-12-31", phone="13990900001")
    (grant,) = TOLD.account(said).grants.all
    assert (grant.post, grant.last, grant.nodes) == (Post.AUDITOR, date(2026, 12, 31), ("511525",))
    assert TOLD.kept(said) == claims("audit", until="2026-12-31"), "a session is asked again, and so keeps the day"


@pytest.mark.parametrize("more", [{}, {"until": ""}, {"until": "永久"}, {"until": 20261231}, {"until": "2026-02-30"}, {"until": None}])
def test_an_auditor_without_a_last_day_is_not_let_in_and_is_told_why(more: dict[str, Any]) -> None:
    with pytest.raises(NoGrant, match="A9001）只能查阅，统一身份认证没有给出截止日期，不能登录"):
        TOLD.account(claims("audit", **more))


@pytest.mark.parametrize("number", ["511525198003070023", "139 9090 0001"])
def test_somebodys_own_number_is_no_staff_number_and_is_not_repeated(number: str) -> None:
    with pytest.raises(NoGrant, match="工号是身份证号码或手机号码，不能登录") as no:
        TOLD.account({**claims("lead"), "staff": number})
    assert number not in str(no.value)


@pytest.mark.server
async def test_a_post_of_which_a_second_factor_is_asked_from_now_on_ends_sessions_without_one(pool: Pool) -> None:
    before, after = TOLD, TOLD.model_copy(update={"second": SecondFactor(posts=(Post.LEADER,), amr=("otp",))})
    sessions, later = StoredSessions(pool, Accounts(), before), StoredSessions(pool, Accounts(), after)
    for shown, known in (({}, None), ({"amr": ["pwd"]}, None), ({"amr": ["pwd", "otp"]}, "A9001")):
        cookie = await sessions.begin_elsewhere("A9001", before.kept(claims("lead", **shown, phone="13990900001")), "token")
        assert await sessions.reader(cookie) is not None
        account = await later.reader(cookie)
        assert (account and account.staff) == known


def test_another_post_needs_no_last_day_and_gets_none() -> None:
    (grant,) = TOLD.account(claims("audit", "lead")).grants.all
    assert (grant.post, grant.last) == (Post.LEADER, None)
    both = {grant.post: grant.last for grant in TOLD.account(claims("audit", "lead", until="2026-12-31")).grants.all}
    assert both == {Post.LEADER: None, Post.AUDITOR: date(2026, 12, 31)}
