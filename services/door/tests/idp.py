"""An OpenID provider for tests: oidc-provider of npm, really running on this machine's Node; where npm cannot be reached, the tests say so and skip."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin

import pytest
from httpx2 import AsyncClient

from libs.embedded import free_port

SCRIPT: Final = Path(__file__).parent / "provider.mjs"
PACKAGE: Final = "oidc-provider@9.13.3"
SITE: Final = "http://liandong.test"


def installed(folder: Path) -> Path:
    """The script beside its package. Skips where npm is not there, or reaches no registry."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("Node and npm are not on this machine: the provider is a package of npm")
    shutil.copy(SCRIPT, folder)
    command = [npm, "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder), PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=folder)
    if done.returncode:
        pytest.skip(f"npm cannot be reached: {done.stderr.strip()[-200:]}")
    return folder / SCRIPT.name


class Idp:
    """The running provider."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"

    async def knows(self, **claims: Any) -> None:
        """From now on whoever signs in is this person."""
        await self._told("/test/user", {"sub": "u1", **claims})

    async def changes_keys(self) -> None:
        """From now on it signs with another key, and has no other."""
        await self._told("/test/rollover", {})

    async def _told(self, path: str, body: dict[str, Any]) -> None:
        async with AsyncClient() as client:
            (await client.post(self.issuer + path, json=body)).raise_for_status()

    async def sign_in(self, address: str) -> str:
        """What a browser does that was led here: the address by which it comes back."""
        async with AsyncClient(timeout=30) as browser:
            for _ in range(10):
                answer = await browser.get(address)
                assert answer.is_redirect, answer.text[:500]
                address = urljoin(address, answer.headers["location"])
                if address.startswith(SITE):
                    return address
        raise AssertionError(f"no way back: {address}")


@asynccontextmanager
async def running(script: Path) -> AsyncIterator[Idp]:
    """The provider, as long as it is needed."""
    port = free_port()
    words = ("node", str(script), str(port), f"{SITE}/sign-in/oidc/back", f"{SITE}/sign-in")
    process: Process = await asyncio.create_subprocess_exec(*words, stdout=PIPE, cwd=script.parent)
    try:
        assert process.stdout is not None
        assert (await process.stdout.readline()).strip() == b"listening"
        yield Idp(port)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
