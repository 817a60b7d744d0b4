"""One box: a city and a county on one machine, over one PostgreSQL and one Kafka, each site a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final

import asyncpg
from aiokafka.errors import KafkaError

from libs.contracts import standing
from libs.embedded import EmbeddedError, Kafka, Postgres, Server
from libs.forms import toml_form, why_not
from services.onebox import folder as kept
from services.onebox.folder import BoxError
from services.onebox.held import HeldBox, PartStands, holder
from services.onebox.machine import check_machine
from services.onebox.preparing import migrate, not_prepared, prepare
from services.onebox.sites import CITY, ROOT, STOP_SECONDS, GivesUp, SiteOfBox, never
from services.onebox.watch import SERVERS, SITES, Patience, Watch, Watched

SITES_FILE: Final = Path(__file__).parent / "one_box.toml"


class OneBox:
    """The box in a folder: made at the first start, continued at the next, gone after `erase`."""

    def __init__(self, folder: Path, patience: Patience | None = None, otlp: str = "") -> None:
        """`patience`: with every part alike, in place of what is usual for each. `otlp`: the address of a collector of traces and figures."""
        self.folder, self.patience, self.otlp = folder, patience, otlp
        self.postgres = Postgres(folder / "postgres")
        self.kafka = Kafka(folder / "kafka")
        self.sites: list[SiteOfBox] = []
        self._held: HeldBox | None = None
        self._watch: Watch | None = None
        self._told: list[PartStands] = []

    @property
    def new(self) -> bool:
        """Whether nothing was ever started here."""
        return not kept.known(self.folder)

    def read(self) -> OneBox:
        """What is known of the box without starting it. Raises `BoxError` where there is none, or one of another format."""
        rows = kept.read(self.folder)
        self.sites = [
            SiteOfBox(row.code, [node.model_dump() for node in row.nodes], row.port, row.tokens, self.folder / row.code, row.passwords)
            for row in rows
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
        for row in toml_form(kept.SitesOfBox, SITES_FILE).site:
            self.sites.append(SiteOfBox.make(row.code, [node.model_dump() for node in row.nodes], self.folder / row.code))
        self._registry.write_text(json.dumps(self.registry(), ensure_ascii=False, indent=1), encoding="utf-8")
        kept.write(self.folder, [site.kept for site in self.sites])

    @property
    def _registry(self) -> Path:
        return self.folder / "registry.json"

    def registry(self) -> dict[str, Any]:
        """What the hub has to know of every site: its public key, its address, its nodes."""
        return {"sites": [site.registered for site in self.sites]}

    def start_servers(self, given_up: GivesUp = never) -> None:
        """Starts PostgreSQL and Kafka, together, and makes schemas and topics that are not there yet."""
        for server in self._servers:
            server.begin()
        for server in self._servers:
            server.wait(given_up)
        try:
            asyncio.run(prepare(self.postgres, self.kafka, self.sites))
        except (asyncpg.PostgresError, asyncpg.InterfaceError, KafkaError, OSError) as error:
            raise not_prepared(self.kafka.folder, error) from error

    @property
    def _servers(self) -> tuple[Server, ...]:
        """In the order in which they are started."""
        return (self.postgres, self.kafka)

    async def migrate(self) -> list[str]:
        """Brings every schema of every site forward: the names of all it looked at."""
        return await migrate(self.postgres, self.sites)

    def bring_forward(self) -> list[str]:
        """As `migrate`, over the server of the box that runs, else over one of our own for as long as it takes.

        Raises `BoxError` while the box is worked on otherwise, `EmbeddedError` where the server does not start.
        """
        running = holder(self.folder)
        held = None if running is not None and running.doing == "up" else HeldBox(self.folder, "migrate")
        try:
            if held is not None:
                self.postgres.start()
            return asyncio.run(self.migrate())
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
            raise not_prepared(self.postgres.folder, error) from error
        finally:
            if held is not None:
                self.postgres.stop()
                held.release()

    def start_site(self, site: SiteOfBox) -> None:
        """Starts the site's process over the box's servers."""
        from libs.database import service_url

        owner = self.postgres.url(site.database)
        databases = {row.name: service_url(owner, row.name) for row in standing(site.at) if row.database != "none"}
        site.start(databases, self.kafka.bootstrap, self.city.address, self._registry, self.otlp)

    def start(self, given_up: GivesUp = never) -> None:
        """Starts the servers, then the sites, and waits until every site answers; whatever happens, `stop` is due.

        Raises `BoxError` and `EmbeddedError` with what to do next; `GivenUp` when `given_up` says so half way.
        """
        self._held = HeldBox(self.folder, "up")
        check_machine(self.folder)
        try:
            if self.new:
                self.make()
            elif not self.sites:
                self.read()
            for site in self.sites:
                site.take_port()
            self.start_servers(given_up)
            for site in self.sites:
                self.start_site(site)
        except OSError as error:
            raise BoxError(f"{error.filename or self.folder} 不能用：{why_not(error)}；请更正后再启动") from error
        for site in self.sites:
            site.wait_ready(given_up=given_up)
        self._watching()

    def _watching(self) -> None:
        postgres, kafka = servers = [Watched(server, server.begin, self.patience or SERVERS) for server in (self.postgres, self.kafka)]
        sites = [Watched(site, partial(self.start_site, site), self.patience or SITES, (postgres, kafka)) for site in self.sites]
        self._watch = Watch([*servers, *sites])
        self._tell_holder()

    def watch(self) -> list[str]:
        """Starts again what ended by itself, ends what is stuck: the sentences that are to be told.

        Whoever runs the box calls this every second or so, from the main thread. It does not block.
        """
        if self._watch is None:
            return []
        told = self._watch.look()
        self._tell_holder()
        return told

    def _tell_holder(self) -> None:
        assert self._watch is not None
        stands = self._watch.stands
        if self._held is not None and stands != self._told:
            with suppress(OSError):  # some file systems write nothing in place once they are full: it is tried again at every look
                self._held.say(stands)
                self._told = stands

    @property
    def troubles(self) -> list[PartStands]:
        """The parts that are not as they should be."""
        return [part for part in self._watch.stands if part.state != "up"] if self._watch else []

    def stop(self) -> list[str]:
        """Stops the sites, all at once, each finishing what it holds; then the servers. What did not end as it should, in sentences.

        Nothing waits without a bound; what is known not to answer is not waited for.
        """
        told: list[str] = []
        if self._watch is not None:
            self._watch.end_the_silent()
            self._watch.close()
            self._watch = None
        for site in self.sites:
            site.tell_to_stop()
        until = time.monotonic() + STOP_SECONDS
        for site in self.sites:
            told += site.wait_stopped(until)
        for server in reversed(self._servers):
            try:
                server.stop()
            except (EmbeddedError, OSError) as error:  # the others have to be stopped all the same
                told.append(f"{server.word} 没有正常停止：{error}")
        if self._held is not None:
            self._held.release()
            self._held = None
        return told

    @property
    def stop_seconds(self) -> float:
        """The longest that `stop` takes."""
        return STOP_SECONDS + self.kafka.stop_seconds + self.postgres.stop_seconds

    def erase(self) -> None:
        """Removes everything of this box. Raises `BoxError` while somebody works on it."""
        held = HeldBox(self.folder, "erase")
        try:
            self.kafka.erase()
            self.postgres.erase()
            shutil.rmtree(self.folder, ignore_errors=True)
        finally:
            held.release()


@contextmanager
def throw_away(patience: Patience | None = None, otlp: str = "") -> Iterator[OneBox]:
    """A box in a temporary folder, running; erased at the end, whatever happens."""
    with tempfile.TemporaryDirectory(prefix="liandong-") as folder:
        box = OneBox(Path(folder) / "box", patience, otlp)
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
