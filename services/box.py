"""A whole site in one process: what it is told, and how it is served."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import uvloop
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs import telemetry
from libs.contracts import standing
from libs.host import Around, Node, Site, run_site
from libs.web import Accounts
from libs.wire import load_key


class Settings(BaseSettings):
    """What a site is told by its environment, `LIANDONG_…`. No secret has a default."""

    model_config = SettingsConfigDict(env_prefix="LIANDONG_", env_nested_delimiter="__")

    site: str
    """Code of the principal node."""
    nodes: tuple[dict[str, str], ...]
    """`{code, name, parent}` of every node hosted here."""
    at: Literal["site", "city"] = "site"
    """Which rows of the roster stand here: those of every site, or at the city its own too."""
    databases: dict[str, SecretStr]
    """The address of its database for every service that has one, with the service's own role."""
    kafka: str
    port: int
    host: str = "127.0.0.1"
    accounts: Path
    key: Path
    """The site's signing key; it never leaves the site."""
    feed_token: SecretStr
    """The token with which this site's own parts ask this site: consumers its feeds, pages its services."""
    city: str
    """Address of the city's site, for pages that link there."""
    registry: Path | None = None
    """At the city: who is in the network, a JSON file of sites with keys and nodes."""
    otlp: str | None = None
    json_logs: bool = True

    def as_site(self) -> Site:
        """The site as services see it."""
        return Site(self.site, tuple(Node(n["code"], n["name"], n.get("parent", "")) for n in self.nodes))

    def known(self) -> Mapping[str, Any]:
        """The registry's file, read."""
        found: dict[str, Any] = json.loads(self.registry.read_text(encoding="utf-8")) if self.registry else {"sites": []}
        return found

    def around(self) -> Around:
        """What stands around the site's services."""
        return Around(
            bootstrap=self.kafka,
            address=f"http://{self.host}:{self.port}",
            city=self.city,
            token=self.feed_token.get_secret_value(),
            signing_key=lambda: load_key(self.key),
            registry=self.known,
        )


def serve() -> None:
    """Runs the process of a site until it is told to stop."""
    told = Settings()  # type: ignore[call-arg]  # the environment says
    telemetry.setup("box", site=told.site, json=told.json_logs, otlp_endpoint=told.otlp)
    databases = {name: url.get_secret_value() for name, url in told.databases.items()}
    accounts = Accounts.load(told.accounts)
    uvloop.run(run_site(told.as_site(), standing(told.at), databases, told.around(), accounts, host=told.host, port=told.port))
