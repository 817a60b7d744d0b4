"""A whole site in one process: what it is told, and how it is served."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BeforeValidator, Field, IPvAnyNetwork, SecretStr, ValidationError
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from libs import telemetry
from libs.contracts import standing
from libs.forms import NodeCode, NodeRow, Port, Registry, Unreadable, because_of, json_form, place_of, strict_json, why_not
from libs.host import Around, NeedsTheOperator, Node, Site, keep_what_is_there, run_process, run_site
from libs.vault import ADDRESS, Clamd, Keyring
from libs.web import Accounts
from libs.wire import load_key

PREFIX: Final = "LIANDONG_"


def _json(value: Any) -> Any:
    """A setting that is JSON, read as files are."""
    try:
        return strict_json(value.encode()) if isinstance(value, str) else value
    except Unreadable as no:
        raise PydanticCustomError("json", "{because}", {"because": str(no)}) from None


_Json = BeforeValidator(_json)


class Settings(BaseSettings):
    """What a site is told by its environment, `LIANDONG_…`. No secret has a default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_nested_delimiter="__")

    site: NodeCode
    """Code of the principal node."""
    nodes: Annotated[tuple[NodeRow, ...], NoDecode, _Json]
    """`{code, name, parent}` of every node hosted here."""
    at: Literal["site", "city"] = "site"
    """Which rows of the roster stand here: those of every site, or at the city its own too."""
    databases: Annotated[dict[str, SecretStr], NoDecode, _Json]
    """The address of its database for every service that has one, with the service's own role."""
    kafka: str
    port: Port
    host: str = "127.0.0.1"
    proxies: Annotated[tuple[IPvAnyNetwork, ...], NoDecode, _Json] = ()
    """The addresses or networks of the proxies ahead of this site: nobody else is believed who says for whom they ask, and whether over HTTPS."""
    accounts: Path
    key: Path
    """The site's signing key; it never leaves the site."""
    vault_keys: Path
    """The keys of the site's vault; beside it stands who was erased. They never leave the site."""
    clamd: Annotated[str, Field(pattern=ADDRESS)] | None = None
    """Where the scanner for viruses listens: `tcp://host:port` or `unix:///path`; none: what is uploaded is kept as not scanned."""
    feed_token: SecretStr
    """The token with which this site's own parts ask this site: consumers its feeds. Pages ask as their readers."""
    city: str
    """Address of the city's site, for pages that link there."""
    registry: Path | None = None
    """At the city: who is in the network, a JSON file of sites with keys and nodes."""
    one_box: bool = False
    """For trying it out on one machine: the sign-in page lists the accounts."""
    oidc: Path | None = None
    """Where people sign in at an OpenID provider: its settings, a TOML file."""
    otlp: str | None = None
    json_logs: bool = True

    def as_site(self) -> Site:
        """The site as services see it."""
        return Site(self.site, tuple(Node(node.code, node.name, node.parent) for node in self.nodes))

    def known(self) -> Mapping[str, Any]:
        """The registry's file, read. Raises `Unreadable`."""
        return json_form(Registry, self.registry).model_dump(mode="json") if self.registry else {"sites": []}

    def signing_key(self) -> Ed25519PrivateKey:
        """The site's key, read. Raises `Unreadable`."""
        try:
            return load_key(self.key)
        except OSError as error:
            raise Unreadable(f"{self.key} 无法读取：{why_not(error)}") from None
        except ValueError as no:
            raise Unreadable(str(no)) from None

    def around(self) -> Around:
        """What stands around the site's services."""
        keyring = Keyring(self.vault_keys)
        return Around(
            bootstrap=self.kafka,
            address=f"http://{self.host}:{self.port}",
            city=self.city,
            proxies=tuple(map(str, self.proxies)),
            token=self.feed_token.get_secret_value(),
            signing_key=self.signing_key,
            registry=self.known,
            one_box=self.one_box,
            oidc=self.oidc,
            keyring=lambda: keyring,
            scanner=Clamd(self.clamd) if self.clamd is not None else None,
        )


def settings() -> Settings:
    """What the environment says. Raises `Unreadable`, naming the variable."""
    try:
        return Settings()  # type: ignore[call-arg]  # the environment says
    except ValidationError as no:
        first = no.errors(include_url=False)[0]
        name, *inner = first["loc"]
        raise Unreadable(f"环境变量 {PREFIX}{str(name).upper()}{place_of(['', *inner])}：{because_of(first)}") from None


def serve() -> None:
    """Runs the process of a site until it is told to stop. Raises `Unreadable` for a setting or a file that cannot be, before anything
    starts, and for a database or a port that cannot be had.
    """
    told = settings()
    around, accounts = told.around(), Accounts.load(told.accounts)
    around.registry()
    around.signing_key()
    around.keyring().read()
    telemetry.setup("box", site=told.site, json=told.json_logs, otlp_endpoint=told.otlp)
    databases = {name: url.get_secret_value() for name, url in told.databases.items()}
    site = run_site(
        told.as_site(),
        standing(told.at),
        databases,
        around,
        accounts,
        host=told.host,
        port=told.port,
        started=keep_what_is_there,
    )
    try:
        run_process(site)
    except NeedsTheOperator as no:
        raise Unreadable(str(no)) from None
