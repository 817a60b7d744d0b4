"""Signing in at a real provider: claims become posts, keys change, nothing is believed that does not fit, operators show a second factor."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from httpx2 import ASGITransport, AsyncClient, Response

from libs.database import Pool
from libs.embedded import free_port
from libs.forms import Unreadable
from libs.telemetry import Health
from libs.web import Accounts, Pages, make_app
from services.door.http import entrance
from services.door.http.oidc import Way, oidc_router
from services.door.http.provider import KEYS_SECONDS, NotBelieved, Provider, leaving
from services.door.http.sessions import StoredSessions
from services.door.settings import Oidc, told
from services.door.tests.idp import SITE, Idp, installed, running

pytestmark = [pytest.mark.server, pytest.mark.timeout(600)]
HTML = {"Accept": "text/html"}
CLERK: dict[str, Any] = {"staff": "C0117", "title": "窗口受理", "roles": ["window"], "nodes": ["511525"], "phone": "13800000000"}
OPERATOR: dict[str, Any] = {"staff": "O0001", "title": "运行维护", "roles": ["ops"], "nodes": ["511525"]}


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed(tmp_path_factory.mktemp("idp"))


@pytest.fixture
async def idp(script: Path) -> AsyncIterator[Idp]:
    async with running(script) as made:
        yield made


def settings(folder: Path, issuer: str, secret: str = "a secret of the test") -> Oidc:
    (folder / "secret").write_text(secret + "\n")
    (folder / "oidc.toml").write_text(
        f"""
        issuer = "{issuer}"
        client = "liandong"
        secret_file = "{folder}/secret"
        address = "{SITE}"
        posts = [{{value = "window", post = "clerk"}}, {{value = "ops", post = "operator"}}]
        second = {{amr = ["otp"]}}
        """
    )
    found = told(folder / "oidc.toml")
    assert found is not None
    return found


class Site:
    """A site whose people sign in at a provider; `now` is the clock by which it asks for keys."""

    def __init__(self, pool: Pool, oidc: Oidc) -> None:
        self.now = 1000.0
        sessions = StoredSessions(pool, accounts := Accounts(), oidc)
        self.way = Way(Provider(oidc, clock=lambda: self.now), sessions, pool)
        door = replace(entrance(pool, accounts), sessions=sessions, elsewhere=self.way)
        self.app = make_app("door", routers=[oidc_router(self.way)], accounts=accounts, health=Health(), pages=Pages(), entrance=door)

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[AsyncClient]:
        async with AsyncClient(transport=ASGITransport(app=self.app), base_url=SITE, headers=HTML) as client:
            yield client


@pytest.fixture
async def site(pool: Pool, idp: Idp, tmp_path: Path) -> AsyncIterator[Site]:
    made = Site(pool, settings(tmp_path, idp.issuer))
    yield made
    await made.way.provider.close()


async def led_back(browser: AsyncClient, idp: Idp, path: str = "/sign-in/oidc?next=/account") -> str:
    """Goes to the provider, signs in there: the address by which the browser comes back."""
    out = await browser.get(path)
    assert out.status_code == 303, out.text
    return await idp.sign_in(out.headers["location"])


async def come_in(browser: AsyncClient, idp: Idp, path: str = "/sign-in/oidc?next=/account") -> Response:
    return await browser.get(await led_back(browser, idp, path))


async def test_claims_become_an_account_and_nothing_else_is_kept(site: Site, idp: Idp, pool: Pool) -> None:
    await idp.knows(**CLERK)
    async with site.browser() as browser:
        out = parse_qs(urlsplit((await browser.get("/sign-in/oidc")).headers["location"]).query)
        assert out["code_challenge_method"] == ["S256"]
        assert {"state", "nonce", "code_challenge"} <= out.keys()
        back = await come_in(browser, idp)
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


async def test_a_way_back_is_for_the_browser_that_set_out_and_for_once(site: Site, idp: Idp) -> None:
    await idp.knows(**CLERK)
    async with site.browser() as browser, site.browser() as other:
        back = await led_back(browser, idp)
        assert (await other.get(back)).status_code == 403, "another browser"
        await led_back(other, idp)
        assert (await other.get(back)).status_code == 403, "another browser that set out too"
        kept = dict(browser.cookies)
        assert (await browser.get(back.replace("state=", "state=0"))).status_code == 403
        assert (await browser.get(back)).status_code == 200
        browser.cookies.update(kept)
        assert (await browser.get(back)).status_code == 403, "once"
        assert (await other.get("/account")).status_code == 303


async def test_another_nonce_issuer_or_verifier_is_not_believed(site: Site, idp: Idp) -> None:
    await idp.knows(**CLERK)
    provider = site.way.provider

    async def code() -> tuple[Any, str]:
        on_way = leaving("/")
        back = await idp.sign_in(await provider.address(on_way, "s", step_up=False))
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
    site = Site(pool, settings(tmp_path, idp.issuer.replace("127.0.0.1", "localhost")))
    async with site.browser() as browser:
        assert (await browser.get("/sign-in/oidc")).status_code == 403


async def test_a_token_for_another_client_or_with_another_signature_is_not_believed(site: Site, idp: Idp) -> None:
    await idp.knows(**CLERK)
    provider, on_way = site.way.provider, leaving("/")
    back = await idp.sign_in(await provider.address(on_way, "s", step_up=False))
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
    with pytest.raises(NotBelieved):
        provider._check({**claims, "aud": ["liandong", "other"]}, on_way)


async def test_keys_are_asked_for_again_when_one_is_not_known_and_only_once_in_a_while(site: Site, idp: Idp) -> None:
    await idp.knows(**CLERK)
    async with site.browser() as browser:
        assert (await come_in(browser, idp)).status_code == 200
        await idp.changes_keys()
        assert (await come_in(browser, idp)).status_code == 403, "they were fetched a moment ago"
        site.now += KEYS_SECONDS
        assert (await come_in(browser, idp)).status_code == 200
        assert (await browser.get("/account")).status_code == 200


async def test_an_operator_shows_a_second_factor(site: Site, idp: Idp) -> None:
    await idp.knows(**OPERATOR)
    async with site.browser() as browser:
        no = await come_in(browser, idp)
        assert (no.status_code, "set-cookie" in no.headers) == (403, False)
        assert "第二种方式" in no.text
        step = step_in(no)
        assert "prompt=login" in (await browser.get(step)).headers["location"]
        assert (await browser.get("/account")).status_code == 303
        await idp.knows(**OPERATOR, amr=["pwd", "otp"])
        assert 'content="0; url=/account"' in (await come_in(browser, idp, step)).text, "on to the page that was asked for"
        assert "O0001" in (await browser.get("/account")).text


def step_in(no: Response) -> str:
    """Where the page of a refusal leads for the second factor."""
    found = re.search(r'href="(/sign-in/oidc\?step_up=true&amp;next=[^"]*)"', no.text)
    assert found is not None, no.text
    return unescape(found[1])


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
async def test_by_the_second_factor_too_nobody_is_sent_elsewhere(site: Site, idp: Idp, to: str) -> None:
    await idp.knows(**OPERATOR)
    async with site.browser() as browser:
        step = step_in(await come_in(browser, idp, f"/sign-in/oidc?{urlencode({'next': to})}"))
        assert parse_qs(urlsplit(step).query)["next"] == ["/"]
        await idp.knows(**OPERATOR, amr=["otp"])
        back = await come_in(browser, idp, f"/sign-in/oidc?{urlencode({'step_up': 'true', 'next': to})}")
        assert 'content="0; url=/"' in back.text
        first = await browser.get("/")
        assert (first.status_code, first.headers["location"]) == (303, "/account")


async def test_who_may_not_open_where_they_were_going_begins_at_their_own_page(site: Site, idp: Idp) -> None:
    await idp.knows(**CLERK)
    async with site.browser() as browser:
        assert 'content="0; url=/account"' in (await come_in(browser, idp, "/sign-in/oidc?next=/nowhere")).text


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({**CLERK, "roles": ["cook"]}, "没有岗位"),
        ({**CLERK, "nodes": []}, "没有岗位"),
        ({**CLERK, "nodes": ["nowhere"]}, "没有岗位"),
        ({"roles": ["window"], "nodes": ["511525"]}, "没有给出工号"),
    ],
)
async def test_who_has_no_post_here_is_told_so(site: Site, idp: Idp, claims: dict[str, Any], said: str) -> None:
    await idp.knows(**claims)
    async with site.browser() as browser:
        no = await come_in(browser, idp)
        assert (no.status_code, said in no.text) == (403, True)
        assert (await browser.get("/account")).status_code == 303


async def test_who_says_no_at_the_provider_is_told_to_try_again(site: Site) -> None:
    async with site.browser() as browser:
        answer = await browser.get(f"/sign-in/oidc/back?{urlencode({'error': 'access_denied', 'state': 'x'})}")
    assert (answer.status_code, "没有确认您的身份" in answer.text) == (403, True)


async def test_signing_out_goes_on_to_the_provider(site: Site, idp: Idp) -> None:
    await idp.knows(**CLERK)
    async with site.browser() as browser:
        await come_in(browser, idp)
        word = re.search(r'name="csrf" value="([0-9a-f]{64})"', (await browser.get("/account")).text)
        assert word is not None
        out = await browser.post("/sign-out", data={"csrf": word[1]})
        to = re.search(r'content="0; url=([^"]+)"', out.text)
        assert to is not None
        address = unescape(to[1])
        said = parse_qs(urlsplit(address).query)
        assert said["post_logout_redirect_uri"] == [f"{SITE}/sign-in"]
        assert said["id_token_hint"][0].count(".") == 2
        async with AsyncClient() as at_provider:
            assert (await at_provider.get(address)).status_code == 200, "it asks whether to sign out"
        assert (await browser.get("/account")).status_code == 303


async def test_a_provider_that_is_away_is_told_in_one_sentence(pool: Pool, tmp_path: Path) -> None:
    site = Site(pool, settings(tmp_path, f"http://127.0.0.1:{free_port()}"))
    async with site.browser() as browser:
        answer = await browser.get("/sign-in/oidc")
        assert (answer.status_code, "暂时连不上" in answer.text) == (503, True)
        assert "用统一身份认证登录" in (await browser.get("/sign-in")).text


async def test_a_wrong_secret_lets_nobody_in(pool: Pool, idp: Idp, tmp_path: Path) -> None:
    await idp.knows(**CLERK)
    site = Site(pool, settings(tmp_path, idp.issuer, "wrong"))
    async with site.browser() as browser:
        assert (await come_in(browser, idp)).status_code == 403


def test_settings_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    assert told(None) is None
    (tmp_path / "x.toml").write_text('issuer = "nowhere"')
    with pytest.raises(Unreadable):
        told(tmp_path / "x.toml")
    oidc = settings(tmp_path, "https://sso.example")
    (tmp_path / "secret").unlink()
    with pytest.raises(Unreadable, match="secret"):
        oidc.secret()
