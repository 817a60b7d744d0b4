"""Somebody's browser at a provider: it follows, keeps cookies, and fills in the forms as that person would."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html.parser import HTMLParser
from http.cookiejar import DefaultCookiePolicy
from typing import Final
from urllib.parse import urljoin

from httpx2 import AsyncClient

from services.door.tests.idp.people import SITE, Person

STEPS: Final = 20
LOOPBACK: Final = DefaultCookiePolicy(secure_protocols=("http", "https"))
"""Cookies that are Secure go to 127.0.0.1 over HTTP too, as browsers send them there."""


class AtProvider:
    """A browser that was led to the provider."""

    def __init__(self, client: AsyncClient, person: Person) -> None:
        self._client, self.person = client, person
        self.asked: list[str] = []
        """What it was asked so far: `password`, `otp`."""

    async def led(self, address: str) -> str:
        """Follows and fills in until it is led back: the address by which it comes to the site."""
        answer = await self._client.get(address)
        for _ in range(STEPS):
            if answer.is_redirect:
                address = urljoin(str(answer.url), answer.headers["location"])
                if address.startswith(SITE):
                    return address
                answer = await self._client.get(address)
                continue
            assert answer.is_success, answer.text[:500]
            form = PageForm(answer.text)
            answer = await self._client.post(urljoin(str(answer.url), form.action), data=self._filled(form))
        raise AssertionError(f"no way back: {address}: {answer.text[:2000]}")

    def _filled(self, form: PageForm) -> dict[str, str]:
        known = {"username": self.person.name, "password": self.person.password, "otp": self.person.number()}
        self.asked += [name for name in ("password", "otp") if name in form.fields]
        return form.fields | {name: text for name, text in known.items() if name in form.fields}


class PageForm(HTMLParser):
    """The first form of a page: where it goes, and what its fields have."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self._inside = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and not self.action:
            self.action, self._inside = said.get("action", ""), True
        elif tag in {"input", "button"} and (self._inside or "form" in said) and said.get("type") != "checkbox" and said.get("name"):
            self.fields.setdefault(said["name"], said.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"


@asynccontextmanager
async def browsing(person: Person) -> AsyncIterator[AtProvider]:
    """A browser of its own that nobody has signed in with yet."""
    async with AsyncClient(timeout=60) as client:
        client.cookies.jar.set_policy(LOOPBACK)
        yield AtProvider(client, person)
