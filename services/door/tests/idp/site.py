"""A site whose people sign in at a provider, with the settings of the guide for operators; and the way of a browser between the two."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from httpx2 import ASGITransport, AsyncClient, Response

from libs.database import Pool
from libs.telemetry import Health
from libs.web import Accounts, Pages, make_app
from services.door.http import entrance
from services.door.http.oidc import Way, oidc_router
from services.door.http.provider import Provider
from services.door.http.sessions import StoredSessions
from services.door.settings import Oidc, told
from services.door.tests.idp.browser import AtProvider
from services.door.tests.idp.people import SITE

HTML: Final = {"Accept": "text/html"}
GUIDE: Final = Path(__file__).parents[4] / "docs" / "guides" / "keycloak.md"
AS_TOLD: Final[Mapping[str, str]] = {}


def settings(folder: Path, issuer: str, secret: str = "a secret of the test", changed: Mapping[str, str] = AS_TOLD) -> Oidc:
    """The file of the guide, with the provider, the secret and the site of the test; and with what is `changed` in it."""
    (folder / "secret").write_text(secret + "\n")
    (text,) = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    here = {
        "https://sso.example.gov.cn/realms/liandong": issuer,
        "/run/secrets/oidc": f"{folder}/secret",
        "https://gaoxian.example.gov.cn": SITE,
    }
    for old, new in (here | dict(changed)).items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "oidc.toml").write_text(text)
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


@asynccontextmanager
async def standing(pool: Pool, oidc: Oidc) -> AsyncIterator[Site]:
    """A site that closes its connections to the provider at the end."""
    site = Site(pool, oidc)
    try:
        yield site
    finally:
        await site.way.provider.close()


async def led_back(browser: AsyncClient, at: AtProvider, path: str = "/sign-in/oidc?next=/account") -> str:
    """Goes to the provider, signs in there: the address by which the browser comes back."""
    out = await browser.get(path)
    assert out.status_code == 303, out.text
    return await at.led(out.headers["location"])


async def come_in(browser: AsyncClient, at: AtProvider, path: str = "/sign-in/oidc?next=/account") -> Response:
    return await browser.get(await led_back(browser, at, path))
