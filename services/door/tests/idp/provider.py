"""What the tests ask of a provider, whichever it is."""

from __future__ import annotations

import signal
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import ClassVar

import httpx2

from libs.embedded import Server
from services.door.tests.idp.browser import AtProvider, browsing
from services.door.tests.idp.people import PEOPLE


class Idp(Server):
    """A provider that runs in a folder of its own, with the people of `realm.json`."""

    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    greeting = b"GET / HTTP/1.0\r\n\r\n"

    @property
    @abstractmethod
    def issuer(self) -> str:
        """How it calls itself."""

    @abstractmethod
    async def changes_keys(self) -> None:
        """From now on it signs with another key, and has no other."""

    def browser(self, name: str) -> AbstractAsyncContextManager[AtProvider]:
        """The browser of this person."""
        return browsing(PEOPLE[name])

    def _place(self) -> Path:
        return self.folder

    def _answers(self) -> bool:
        try:
            return httpx2.get(f"{self.issuer}/.well-known/openid-configuration", timeout=10).is_success
        except httpx2.HTTPError:
            return False
