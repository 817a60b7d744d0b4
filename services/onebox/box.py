"""One box: a city and a county on one machine, over one PostgreSQL and one Kafka, each site a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx2
import stamina
import structlog
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from libs.bus.topics import topics
from libs.embedded import Kafka, Postgres, create_topics, free_port, spawn
from libs.web import Accounts, Role
from libs.wire import create_key, public_key

ROOT: Final = Path(__file__).parents[2]
HERE: Final = Path(__file__).parent
SERVICES: Final = ("catalogue", "intake", "deadline", "supervision")
CITY: Final = "511500"
START_SECONDS: Final = 60.0
_log = structlog.get_logger("box")

STAFF: Final = (
    ("clerk", "C0117", [Role.CLERK], "窗口受理"),
    ("examiner", "C0122", [Role.EXAMINER], "审查"),
    ("approver", "C0130", [Role.APPROVER], "核准"),
    ("editor", "E0001", [Role.EDITOR], "事项目录"),
    ("supervisor", "S0031", [Role.SUPERVISOR], "效能监察"),
    ("leader", "L0001", [Role.LEADER, Role.SUPERVISOR], "领导看板"),
    ("operator", "O0001", [Role.OPERATOR, Role.LEADER, Role.SUPERVISOR, Role.SITE], "运行维护"),
    ("site", "system:site", [Role.SITE, Role.SUPERVISOR], "本节点服务"),
)
"""Who works at each site of the box: word, staff number, roles, post."""


class BoxError(Exception):
    """The box cannot start; the message says what to do."""


@dataclass(slots=True)
class SiteOfBox:
    """One site: where it listens, whom it knows."""

    code: str
    nodes: list[dict[str, str]]
    port: int
    tokens: dict[str, str]
    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, who: str = "operator", timeout: float = 60.0) -> httpx2.Client:
        """Speaks to the site as one of its staff."""
        return httpx2.Client(base_url=self.address, headers={"Authorization": f"Bearer {self.tokens[who]}"}, timeout=timeout)


class OneBox:
    """The box in a folder: made at the first start, continued at the next, gone after `erase`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.postgres = Postgres(folder / "postgres")
        self.kafka = Kafka(folder / "kafka")
        self.sites: list[SiteOfBox] = []

    @property
    def new(self) -> bool:
        """Nothing was ever started here."""
        return not (self.folder / "box.json").exists()

    def read(self) -> OneBox:
        """What is known of the box without starting it. Raises `BoxError` where there is none."""
        if self.new:
            raise BoxError(f"{self.folder} 里没有联动系统；先运行 scripts/up")
        for row in json.loads((self.folder / "box.json").read_text())["sites"]:
            self.sites.append(SiteOfBox(row["code"], row["nodes"], row["port"], row["tokens"], self.folder / row["code"]))
        return self

    def site(self, node: str) -> SiteOfBox:
        """The site that hosts `node`."""
        for site in self.sites:
            if any(known["code"] == node for known in site.nodes):
                return site
        raise BoxError(f"这里没有节点 {node}；有：{'、'.join(n['code'] for s in self.sites for n in s.nodes)}")

    @property
    def city(self) -> SiteOfBox:
        return self.site(CITY)

    def make(self) -> None:
        """Ports, keys, accounts; written last, so that a half-made box is made anew."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for row in tomllib.loads((HERE / "one_box.toml").read_text())["site"]:
            folder = self.folder / row["code"]
            folder.mkdir(exist_ok=True, mode=0o700)
            accounts, tokens = Accounts(), {}
            for word, staff, roles, post in STAFF:
                _, tokens[word] = accounts.issue(staff, roles, [row["code"]], post)
            accounts.save(folder / "accounts.json")
            create_key(folder / "site.key")
            self.sites.append(SiteOfBox(row["code"], row["nodes"], free_port(), tokens, folder))
        draft = self.folder / "box.json.draft"
        rows = [{"code": s.code, "nodes": s.nodes, "port": s.port, "tokens": s.tokens} for s in self.sites]
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({"sites": rows}, file, ensure_ascii=False, indent=1)
        (self.folder / "registry.json").write_text(json.dumps(self.registry(), ensure_ascii=False, indent=1))
        draft.rename(self.folder / "box.json")

    def start_servers(self) -> None:
        """PostgreSQL and Kafka, schemas and topics."""
        self.postgres.start()
        self.kafka.start()
        asyncio.run(self._prepare())

    async def _prepare(self) -> None:
        for site in self.sites:
            await _create_database(self.postgres.url(), _database(site))
        await self.migrate()
        wanted = {topic.name: (topic.partitions, topic.config) for topic in topics([site.code for site in self.sites])}
        await create_topics(self.kafka.bootstrap, wanted)
        await _groups_ready(self.kafka.bootstrap)

    async def migrate(self) -> list[str]:
        """Brings every schema of every site forward; what was looked at."""
        from libs.database import prepare

        done = []
        for site in self.sites:
            owner = self.postgres.url(_database(site))
            for service in (*SERVICES, "link", *(["hub"] if site.code == CITY else [])):
                await prepare(owner, service, readers=["link"] if service in SERVICES else [])
                done.append(f"{site.code}/{service}")
        return done

    def start_site(self, site: SiteOfBox) -> None:
        """One process, with nothing of the owner's rights in its environment. From the main thread: the process ends with it."""
        from libs.database import service_url

        owner = self.postgres.url(_database(site))
        names = (*SERVICES, "link", *(["hub"] if site.code == CITY else []))
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("LIANDONG_")},
            "LIANDONG_SITE": site.code,
            "LIANDONG_NODES": json.dumps(site.nodes),
            "LIANDONG_DATABASES": json.dumps({name: service_url(owner, name) for name in names}),
            "LIANDONG_KAFKA": self.kafka.bootstrap,
            "LIANDONG_PORT": str(site.port),
            "LIANDONG_ACCOUNTS": str(site.folder / "accounts.json"),
            "LIANDONG_KEY": str(site.folder / "site.key"),
            "LIANDONG_FEED_TOKEN": site.tokens["site"],
            "LIANDONG_CITY": self.city.address,
            "LIANDONG_REGISTRY": str(self.folder / "registry.json"),
        }
        command = [sys.executable, "-m", "services.cli", "serve", "box"]
        with (site.folder / "site.log").open("ab") as log:
            site.process = spawn(command, folder=ROOT, log=log, tie=signal.SIGTERM, env=environment)

    def wait_ready(self, site: SiteOfBox, seconds: float = START_SECONDS) -> None:
        """Until the site answers. Raises `BoxError` with the end of its log."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if site.process is not None and site.process.poll() is not None:
                break
            try:
                if httpx2.get(f"{site.address}/health/ready", timeout=2).status_code == 200:
                    return
            except httpx2.HTTPError:
                time.sleep(0.1)
        tail = (site.folder / "site.log").read_text(errors="replace").splitlines()[-8:]
        raise BoxError(f"{site.code} 没有启动成功，日志 {site.folder / 'site.log'}：\n" + "\n".join(tail))

    def start(self) -> None:
        """Everything, until the first page answers."""
        if self.new:
            self.make()
        elif not self.sites:
            self.read()
        self.start_servers()
        for site in self.sites:
            self.start_site(site)
        for site in self.sites:
            self.wait_ready(site)

    def watch(self) -> None:
        """Starts a site's process again that ended by itself; to be called now and then."""
        for site in self.sites:
            if site.process is not None and (code := site.process.poll()) is not None:
                _log.warning("box.site_ended", site=site.code, code=code)
                self.start_site(site)

    def stop(self) -> None:
        """The sites first, each finishing what it holds, then the servers."""
        for site in self.sites:
            if site.process is not None and site.process.poll() is None:
                site.process.send_signal(signal.SIGTERM)
        for site in self.sites:
            if site.process is not None:
                try:
                    site.process.wait(20)
                except subprocess.TimeoutExpired:
                    site.process.kill()
                    site.process.wait()
                site.process = None
        self.kafka.stop()
        self.postgres.stop()

    def erase(self) -> None:
        """Everything of this box is gone."""
        self.kafka.erase()
        self.postgres.erase()
        shutil.rmtree(self.folder, ignore_errors=True)

    def registry(self) -> dict[str, Any]:
        """What the hub has to know: sites, public keys, nodes."""
        return {"sites": [_registered(site) for site in self.sites]}


def _registered(site: SiteOfBox) -> dict[str, Any]:
    key, public = public_key(site.folder / "site.key")
    return {"site": site.code, "key": key, "public_key": public, "address": site.address, "nodes": site.nodes}


def _database(site: SiteOfBox) -> str:
    return f"site_{site.code}"


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


def default_folder() -> Path:
    """Where the box of this checkout lives."""
    return Path(os.environ.get("LIANDONG_BOX", ROOT / "var" / "box"))


def hosted(sites: Sequence[SiteOfBox]) -> list[str]:
    """All node codes, sorted."""
    return sorted(node["code"] for site in sites for node in site.nodes)
