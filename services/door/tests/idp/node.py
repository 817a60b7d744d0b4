"""oidc-provider of npm on this machine's Node: what npm's lock file has, installed once into the user's cache; without npm, tests say so and skip."""

from __future__ import annotations

import os
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, ClassVar, Final

import pytest
from httpx2 import AsyncClient

from libs.embedded import spawn
from services.door.tests.idp.people import REALM
from services.door.tests.idp.provider import Idp

HERE: Final = Path(__file__).parent
LOCKED: Final = ("package.json", "package-lock.json")
CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "liandong"
CHANGED: Final = "EINTEGRITY"
"""How npm says that what it got is not what the lock file has."""


class NodeProvider(Idp):
    """The certified provider of npm, whose forms and people are `provider.mjs`."""

    word: ClassVar[str] = "oidc-provider"
    program: ClassVar[str] = "node"
    log_name: ClassVar[str] = "node.log"

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def changes_keys(self) -> None:
        async with AsyncClient() as client:
            (await client.post(f"{self.issuer}/test/rollover")).raise_for_status()

    def _prepare(self) -> None:
        packages = installed()
        shutil.copy(HERE / "provider.mjs", self.folder)
        (self.folder / "node_modules").symlink_to(packages)

    def _launch(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return spawn(["node", "provider.mjs", str(self.port), REALM], folder=self.folder, log=log, tie=self.stop_signal)


def installed() -> Path:
    """The packages of the lock file, each checked by its digest when it is got. Skips where npm is not there, or reaches no registry."""
    found = CACHE / f"idp-{sha256(b''.join((HERE / name).read_bytes() for name in LOCKED)).hexdigest()[:16]}"
    if found.is_dir():
        return found / "node_modules"
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("Node and npm are not on this machine: the provider is a package of npm")
    CACHE.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=CACHE) as folder:
        (made := Path(folder) / "made").mkdir()
        for name in LOCKED:
            shutil.copy(HERE / name, made)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=made)
        assert CHANGED not in done.stderr, done.stderr
        if done.returncode:
            pytest.skip(f"npm cannot be reached: {done.stderr.strip()[-200:]}")
        _put(made, found)
    return found / "node_modules"


def _put(made: Path, found: Path) -> None:
    """In one step; somebody who was faster installed the same."""
    try:
        made.rename(found)
    except OSError:
        assert found.is_dir()
