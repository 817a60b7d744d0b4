"""One box: a city and a county on one machine, over one PostgreSQL and one Kafka, each site a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg
import stamina
import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from libs.bus import topics
from libs.contracts import standing
from libs.embedded import Kafka, Postgres, create_topics
from libs.forms import toml_form
from services.onebox import folder as kept
from services.onebox.folder import BoxError
from services.onebox.sites import CITY, ROOT, STOP_SECONDS, SiteOfBox

SITES: Final = Path(__file__).parent / "one_box.toml"
_log = structlog.get_logger("box")


class OneBox:
    """The box in a folder: made at the first start, continued at the next, gone after `erase`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = Postgres(folder / "postgres")
        self.kafka = Kafka(folder / "kafka")
        self.sites: list[SiteOfBox] = []

    @property
    def new(self) -> bool:
        """Whether nothing was ever started here."""
        return not kept.known(self.folder)

    def read(self) -> OneBox:
        """What is known of the box without starting it. Raises `BoxError` where there is none, or one of another format."""
        rows = kept.read(self.folder)
        self.sites = [
            SiteOfBox(row.code, [node.model_dump() for node in row.nodes], row.port, row.tokens, self.folder / row.code) for row in rows
        ]
        return self

    def site(self, node: str) -> SiteOfBox:
        """The site that hosts `node`. Raises `BoxError` for a node that none does."""
        for site in self.sites:
            if any(known["code"] == node for known in site.nodes):
                return site
        raise BoxError(f"这里没有节点 {node}；有：{'、'.join(n['code'] for s in self.sites for n in s.nodes)}", 2)

    @property
    def city(self) -> SiteOfBox:
        return self.site(CITY)

    def make(self) -> None:
        """Makes ports, keys and accounts. What the box keeps of itself is written last, so that a half-made box is made anew."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for row in toml_form(kept.SitesOfBox, SITES).site:
            self.sites.append(SiteOfBox.make(row.code, [node.model_dump() for node in row.nodes], self.folder / row.code))
        self._registry.write_text(json.dumps(self.registry(), ensure_ascii=False, indent=1), encoding="utf-8")
        kept.write(self.folder, [site.kept for site in self.sites])

    @property
    def _registry(self) -> Path:
        return self.folder / "registry.json"

    def registry(self) -> dict[str, Any]:
        """What the hub has to know of every site: its public key, its address, its nodes."""
        return {"sites": [site.registered for site in self.sites]}

    def start_servers(self) -> None:
        """Starts PostgreSQL and Kafka, and makes schemas and topics that are not there yet."""
        self.postgres.start()
        self.kafka.start()
        asyncio.run(self._prepare())

    async def _prepare(self) -> None:
        for site in self.sites:
            await _create_database(self.postgres.url(), site.database)
        await self.migrate()
        wanted = {topic.name: (topic.partitions, topic.config) for topic in topics(site.code for site in self.sites)}
        await create_topics(self.kafka.bootstrap, wanted)
        await _groups_ready(self.kafka.bootstrap)

    async def migrate(self) -> list[str]:
        """Brings every schema of every site forward: the names of all it looked at."""
        from libs.database import prepare_site

        return [f"{site.code}/{name}" for site in self.sites for name in await prepare_site(self.postgres.url(site.database), site.at)]

    def start_site(self, site: SiteOfBox) -> None:
        """Starts the site's process over the box's servers."""
        from libs.database import service_url

        owner = self.postgres.url(site.database)
        databases = {row.name: service_url(owner, row.name) for row in standing(site.at) if row.database != "none"}
        site.start(databases, self.kafka.bootstrap, self.city.address, self._registry)

    def start(self) -> None:
        """Starts the servers, then the sites, and waits until every site answers."""
        if self.new:
            self.make()
        elif not self.sites:
            self.read()
        self.start_servers()
        for site in self.sites:
            self.start_site(site)
        for site in self.sites:
            site.wait_ready()

    def watch(self) -> None:
        """Starts a site's process again that ended by itself. Whoever runs the box calls this now and then."""
        for site in self.sites:
            if (code := site.ended) is not None:
                _log.warning("box.site_ended", site=site.code, code=code)
                self.start_site(site)

    def stop(self) -> None:
        """Stops the sites, all at once, each finishing what it holds; then the servers."""
        for site in self.sites:
            site.tell_to_stop()
        until = time.monotonic() + STOP_SECONDS
        for site in self.sites:
            site.wait_stopped(until)
        self.kafka.stop()
        self.postgres.stop()

    @property
    def stop_seconds(self) -> float:
        """The longest that `stop` takes."""
        return STOP_SECONDS + self.kafka.stop_seconds + self.postgres.stop_seconds

    def erase(self) -> None:
        """Stops the servers and removes everything of this box."""
        self.kafka.erase()
        self.postgres.erase()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextmanager
def throw_away() -> Iterator[OneBox]:
    """A box in a temporary folder, running; erased at the end, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="liandong-") as folder:
        box = OneBox(Path(folder) / "box")
        try:
            box.start()
            yield box
        finally:
            box.stop()
            box.erase()


def default_folder() -> Path:
    """Where the box of this checkout lives."""
    return Path(os.environ.get("LIANDONG_BOX", ROOT / "var" / "box"))


def hosted(sites: Sequence[SiteOfBox]) -> list[str]:
    """The codes of all nodes of these sites, sorted."""
    return sorted(node["code"] for site in sites for node in site.nodes)


async def _create_database(owner_url: str, name: str) -> None:
    connection = await asyncpg.connect(owner_url)
    try:
        if not await connection.fetchval("select 1 from pg_database where datname = $1", name):
            await connection.execute(f'create database "{name}"')
            await connection.execute(f'revoke connect, temporary on database "{name}" from public')
    finally:
        await connection.close()


@stamina.retry(on=KafkaError, timeout=30, attempts=None, wait_max=0.5)
async def _groups_ready(bootstrap: str) -> None:
    """A new broker makes its topic of group offsets when first asked; consumers that come earlier would log errors."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.find_coordinator("liandong")
    finally:
        await admin.close()
