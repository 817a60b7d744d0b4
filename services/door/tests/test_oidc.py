"""Signing in at a real provider, twice: npm's oidc-provider, and in the slow part Keycloak, with the settings of the guide for operators.

Claims become posts, keys change, nothing is believed that does not fit, operators show a second factor.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from httpx2 import Response

from libs.authority import Post
from libs.database import Pool
from libs.embedded import free_port
from libs.forms import Unreadable
from services.door.http.provider import KEYS_SECONDS, NotBelieved, leaving
from services.door.settings import told
from services.door.tests.idp import AS_TOLD, SITE, AtProvider, Idp, Keycloak, NodeProvider, Site, come_in, led_back, settings, standing

pytestmark = [pytest.mark.server, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module", params=[NodeProvider, pytest.param(Keycloak, marks=pytest.mark.slow)])
def idp(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Idp]:
    made: Idp = request.param(tmp_path_factory.mktemp("idp"))
    made.start()
    try:
        yield made
    finally:
        made.erase()


@pytest.fixture
async def clerk(idp: Idp) -> AsyncIterator[AtProvider]:
    async with idp.browser("clerk") as at:
        yield at


@pytest.fixture
async def site(pool: Pool, idp: Idp, tmp_path: Path) -> AsyncIterator[Site]:
    async with standing(pool, settings(tmp_path, idp.issuer)) as made:
        yield made


async def test_claims_become_an_account_and_nothing_else_is_kept(site: Site, clerk: AtProvider, pool: Pool) -> None:
    async with site.browser() as browser:
        out = parse_qs(urlsplit((await browser.get("/sign-in/oidc")).headers["location"]).query)
        assert out["code_challenge_method"] == ["S256"]
        assert {"state", "nonce", "code_challenge"} <= out.keys()
        back = await come_in(browser, clerk)
        assert back.status_code == 200, back.text
        assert 'http-equiv="refresh" content="0; url=/account"' in back.text
        assert "SameSite=strict" in back.headers["set-cookie"]
        page = await browser.get("/account")
        assert all(said in page.text for said in ("C0117", "窗口受理", "511525"))
        assert browser.cookies["liandong-session"] not in repr(await pool.fetch("select * from session"))
    row = await pool.fetchrow("select account, hint from session")
    assert row is not None
    assert "13800000000" not in row["account"]
    assert b"eyJ" not in row["hint"], "the token is sealed"
    assert await pool.fetchval("select count(*) from leaving") == 1, "of whoever set out and did not come back"


async def test_a_way_back_is_for_the_browser_that_set_out_and_for_once(site: Site, idp: Idp, clerk: AtProvider) -> None:
    async with site.browser() as browser, site.browser() as other, idp.browser("clerk") as elsewhere:
        back = await led_back(browser, clerk)
        assert (await other.get(back)).status_code == 403, "another browser"
        await led_back(other, elsewhere)
        assert (await other.get(back)).status_code == 403, "another browser that set out too"
        kept = dict(browser.cookies)
        assert (await browser.get(back.replace("state=", "state=0"))).status_code == 403
        assert (await browser.get(back)).status_code == 200
        browser.cookies.update(kept)
        assert (await browser.get(back)).status_code == 403, "once"
        assert (await other.get("/account")).status_code == 303


async def test_another_nonce_issuer_or_verifier_is_not_believed(site: Site, idp: Idp, clerk: AtProvider) -> None:
    provider = site.way.provider

    async def code() -> tuple[Any, str]:
        on_way = leaving("/")
        back = await clerk.led(await provider.address(on_way, "s", step_up=False))
        return on_way, parse_qs(urlsplit(back).query)["code"][0]

    on_way, one = await code()
    assert (await provider.identity(on_way, one, idp.issuer)).claims["staff"] == "C0117"
    on_way, one = await code()
    with pytest.raises(NotBelieved, match="nonce"):
        await provider.identity(replace(on_way, nonce="another"), one, idp.issuer)
    on_way, one = await code()
    with pytest.raises(NotBelieved, match="issuer"):
        await provider.identity(on_way, one, "https://evil.example")
    with pytest.raises(NotBelieved, match="issuer"):
        await provider.identity(on_way, one, None)
    with pytest.raises(NotBelieved, match="code"):
        await provider.identity(replace(on_way, verifier="another" * 10), one, idp.issuer)
    with pytest.raises(NotBelieved, match="code"):
        await provider.identity(on_way, "made up", idp.issuer)


async def test_a_provider_that_calls_itself_otherwise_is_not_believed(pool: Pool, idp: Idp, tmp_path: Path) -> None:
    async with standing(pool, settings(tmp_path, idp.issuer.replace("127.0.0.1", "localhost"))) as site, site.browser() as browser:
        assert (await browser.get("/sign-in/oidc")).status_code == 403


async def test_a_token_for_another_client_or_with_another_signature_is_not_believed(site: Site, idp: Idp, clerk: AtProvider) -> None:
    provider, on_way = site.way.provider, leaving("/")
    back = await clerk.led(await provider.address(on_way, "s", step_up=False))
    token = (await provider.identity(on_way, parse_qs(urlsplit(back).query)["code"][0], idp.issuer)).token
    about = await provider._about()
    head, body, _ = token.split(".")
    site.now += KEYS_SECONDS
    for forged in (f"{head}.{body}.AAAA", f"eyJhbGciOiJub25lIn0.{body}.", "junk"):
        with pytest.raises(NotBelieved, match="signature"):
            await provider._read(forged, about)
    claims = dict(await provider._read(token, about))
    for name, value in {"aud": "other", "iss": "https://evil.example", "exp": 1, "nonce": None, "azp": "other"}.items():
        with pytest.raises(NotBelieved):
            provider._check({**claims, name: value}, on_way)
    claims.pop("azp", None)
    with pytest.raises(NotBelieved):
        provider._check({**claims, "aud": ["liandong", "other"]}, on_way)


async def test_keys_are_asked_for_again_when_one_is_not_known_and_only_once_in_a_while(site: Site, idp: Idp, clerk: AtProvider) -> None:
    async with site.browser() as browser:
        assert (await come_in(browser, clerk)).status_code == 200
        await idp.changes_keys()
        assert (await come_in(browser, clerk)).status_code == 403, "they were fetched a moment ago"
        site.now += KEYS_SECONDS
        assert (await come_in(browser, clerk)).status_code == 200
        assert (await browser.get("/account")).status_code == 200


@pytest.mark.parametrize("changed", [AS_TOLD, {'amr = ["otp"]': "amr = []"}], ids=["either", "acr"])
async def test_an_operator_shows_a_second_factor(pool: Pool, idp: Idp, tmp_path: Path, changed: Mapping[str, str]) -> None:
    async with (
        standing(pool, settings(tmp_path, idp.issuer, changed=changed)) as site,
        site.browser() as browser,
        idp.browser("operator") as at,
    ):
        no = await come_in(browser, at)
        assert (no.status_code, "set-cookie" in no.headers, at.asked) == (403, False, ["password"])
        assert "第二种方式" in no.text
        step = step_in(no)
        assert (await browser.get("/account")).status_code == 303
        there = parse_qs(urlsplit((await browser.get(step)).headers["location"]).query)
        assert (there["prompt"], there["acr_values"]) == (["login"], ["two-factor"])
        assert 'content="0; url=/account"' in (await come_in(browser, at, step)).text, "on to the page that was asked for"
        assert at.asked == ["password", "password", "otp"], "the number is asked for, and the password again"
        assert "O0001" in (await browser.get("/account")).text


async def test_the_provider_says_both_ways_that_there_was_a_second_factor(site: Site, idp: Idp) -> None:
    provider, said = site.way.provider, []
    for step_up in (False, True):
        on_way = leaving("/")
        async with idp.browser("operator") as at:
            back = await at.led(await provider.address(on_way, "s", step_up=step_up))
        claims = (await provider.identity(on_way, parse_qs(urlsplit(back).query)["code"][0], idp.issuer)).claims
        said.append((claims["acr"], sorted(claims["amr"])))
    assert said == [("password", ["pwd"]), ("two-factor", ["otp", "pwd"])]


async def test_several_posts_and_nodes_and_the_last_day_come_through(site: Site, idp: Idp) -> None:
    found: dict[str, Any] = {}
    for name in ("both", "auditor"):
        async with site.browser() as browser, idp.browser(name) as at:
            assert (await come_in(browser, at)).status_code == 200
            account = await site.way.sessions.reader(browser.cookies["liandong-session"])
            assert account is not None
            found[name] = {(grant.post, grant.nodes, grant.last) for grant in account.grants.all}
    assert found["both"] == {(post, ("511525", "511526"), None) for post in (Post.CLERK, Post.EXAMINER)}
    assert found["auditor"] == {(Post.AUDITOR, ("511525",), date(2099, 12, 31))}


def step_in(no: Response) -> str:
    """Where the page of a refusal leads for the second factor."""
    found = re.search(r'href="(/sign-in/oidc\?step_up=true&amp;next=[^"]*)"', no.text)
    assert found is not None, no.text
    return unescape(found[1])


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_by_the_second_factor_too_nobody_is_sent_elsewhere(site: Site, idp: Idp, to: str) -> None:
    async with site.browser() as browser, idp.browser("operator") as at:
        step = step_in(await come_in(browser, at, f"/sign-in/oidc?{urlencode({'next': to})}"))
        assert parse_qs(urlsplit(step).query)["next"] == ["/"]
        back = await come_in(browser, at, f"/sign-in/oidc?{urlencode({'step_up': 'true', 'next': to})}")
        assert 'content="0; url=/"' in back.text
        first = await browser.get("/")
        assert (first.status_code, first.headers["location"]) == (303, "/account")


async def test_who_may_not_open_where_they_were_going_begins_at_their_own_page(site: Site, clerk: AtProvider) -> None:
    async with site.browser() as browser:
        assert 'content="0; url=/account"' in (await come_in(browser, clerk, "/sign-in/oidc?next=/nowhere")).text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cook", "没有岗位"),
        ("nodeless", "没有岗位"),
        ("nowhere", "没有岗位"),
        ("nameless", "没有给出工号"),
        ("endless", "没有给出截止日期"),
    ],
)
async def test_who_has_no_post_here_is_told_so(site: Site, idp: Idp, name: str, said: str) -> None:
    async with site.browser() as browser, idp.browser(name) as at:
        no = await come_in(browser, at)
        assert (no.status_code, said in no.text) == (403, True)
        assert (await browser.get("/account")).status_code == 303


async def test_who_says_no_at_the_provider_is_told_to_try_again(site: Site) -> None:
    async with site.browser() as browser:
        answer = await browser.get(f"/sign-in/oidc/back?{urlencode({'error': 'access_denied', 'state': 'x'})}")
    assert (answer.status_code, "没有确认您的身份" in answer.text) == (403, True)


async def test_signing_out_goes_on_to_the_provider(site: Site, clerk: AtProvider) -> None:
    async with site.browser() as browser:
        for _ in range(2):
            await come_in(browser, clerk)
        word = re.search(r'name="csrf" value="([0-9a-f]{64})"', (await browser.get("/account")).text)
        assert word is not None
        out = await browser.post("/sign-out", data={"csrf": word[1]})
        to = re.search(r'content="0; url=([^"]+)"', out.text)
        assert to is not None
        address = unescape(to[1])
        said = parse_qs(urlsplit(address).query)
        assert said["post_logout_redirect_uri"] == [f"{SITE}/sign-in"]
        assert said["id_token_hint"][0].count(".") == 2
        assert (await browser.get("/account")).status_code == 303
        assert clerk.asked == ["password"]
        assert await clerk.led(address) == f"{SITE}/sign-in"
        await come_in(browser, clerk)
        assert clerk.asked == ["password", "password"], "nobody is signed in there any more"


async def test_a_provider_that_is_away_is_told_in_one_sentence(pool: Pool, tmp_path: Path) -> None:
    async with standing(pool, settings(tmp_path, f"http://127.0.0.1:{free_port()}")) as site, site.browser() as browser:
        answer = await browser.get("/sign-in/oidc")
        assert (answer.status_code, "暂时连不上" in answer.text) == (503, True)
        assert "用统一身份认证登录" in (await browser.get("/sign-in")).text


async def test_a_wrong_secret_lets_nobody_in(pool: Pool, idp: Idp, clerk: AtProvider, tmp_path: Path) -> None:
    async with standing(pool, settings(tmp_path, idp.issuer, "wrong")) as site, site.browser() as browser:
        assert (await come_in(browser, clerk)).status_code == 403


def test_settings_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    assert told(None) is None
    (tmp_path / "x.toml").write_text('issuer = "nowhere"')
    with pytest.raises(Unreadable):
        told(tmp_path / "x.toml")
    oidc = settings(tmp_path, "https://sso.example")
    (tmp_path / "secret").unlink()
    with pytest.raises(Unreadable, match="secret"):
        oidc.secret()
