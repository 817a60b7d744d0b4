"""Apache Kafka from packages: records outlive restarts and kills, jars are those of the list, topics are made once."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from libs.embedded import AlreadyRunning, EmbeddedError, Kafka, NotFetched, create_topics
from libs.embedded import jars as subject
from libs.embedded.tests.test_postgres import kill_9

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    """Running; a folder name as people give them."""
    made = Kafka(tmp_path_factory.mktemp("own") / "卡夫卡 日志")
    made.start()
    yield made
    made.erase()


async def send(bootstrap: str, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        await producer.send_and_wait(topic, value)


async def first(bootstrap: str, topic: str) -> bytes | None:
    async with AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest") as consumer:
        record = await consumer.getone()
        return bytes(record.value)


async def test_a_record_and_the_port_are_kept_over_a_restart_and_over_kill_9(server: Kafka) -> None:
    address = server.bootstrap
    await create_topics(address, {"511525.intake.v1": (1, {}), "killed": (1, {})})
    await send(address, "511525.intake.v1", b"kept")
    server.stop()
    assert server.pid is None
    server.start()
    assert server.bootstrap == Kafka(server.folder).bootstrap == address
    assert await first(address, "511525.intake.v1") == b"kept"
    await send(address, "killed", b"kept too")
    kill_9(server)
    server.start()
    assert server.bootstrap == address
    assert await first(address, "killed") == b"kept too"


async def test_topics_are_made_once_and_never_recut(kafka_bootstrap: str) -> None:
    wanted = {"made.once.v1": (4, {"retention.ms": "86400000"}), "made.too.v1": (1, {})}
    await create_topics(kafka_bootstrap, wanted)
    await create_topics(kafka_bootstrap, {**wanted, "more": (2, {})})
    with pytest.raises(EmbeddedError, match=r"made\.once\.v1 已有 4 个分区，要求 6 个"):
        await create_topics(kafka_bootstrap, {"made.once.v1": (6, {})})
    with pytest.raises(EmbeddedError, match="不能建立主题 wrong"):
        await create_topics(kafka_bootstrap, {"wrong": (1, {"retention.ms": "long"})})
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    try:
        found = {topic["topic"]: len(topic["partitions"]) for topic in await admin.describe_topics(list(wanted))}
        assert found == {"made.once.v1": 4, "made.too.v1": 1}
        asked = ConfigResource(ConfigResourceType.TOPIC, "made.once.v1", {"retention.ms": None})
        (answer,) = await admin.describe_configs([asked])
        assert answer.resources[0][4][0][:2] == ("retention.ms", "86400000")
    finally:
        await admin.close()


def test_a_second_broker_on_the_folder_is_refused_and_nobody_outside_is_served(server: Kafka) -> None:
    with pytest.raises(AlreadyRunning):
        Kafka(server.folder).start()
    with pytest.raises(AlreadyRunning):
        Kafka(server.folder).erase()
    listening = {c.laddr.ip for c in psutil.Process(server.pid).net_connections() if c.status == psutil.CONN_LISTEN}
    assert listening == {"127.0.0.1"}


def test_a_broker_that_dies_says_why(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "meta.properties").write_text("version=1\ncluster.id=another\nnode.id=7\n")
    (tmp_path / "cluster").write_text("another")
    broken = Kafka(tmp_path)
    with pytest.raises(EmbeddedError, match=r"(?s)没有启动成功.*Stored node id 7 doesn't match"):
        broken.start()
    assert broken.pid is None


def test_it_is_started_from_the_main_thread_only(tmp_path: Path) -> None:
    said: list[str] = []

    def aside() -> None:
        with pytest.raises(EmbeddedError, match="须由主线程启动") as refused:
            Kafka(tmp_path / "kafka").start()
        said.append(str(refused.value))

    thread = threading.Thread(target=aside)
    thread.start()
    thread.join()
    assert said


def test_the_list_is_what_mavens_rules_give() -> None:
    assert subject.resolved() == subject.listed()


def test_a_broken_or_missing_jar_is_fetched_again(tmp_path: Path) -> None:
    good = subject.jars()
    for path, source in zip(subject.listed(), good, strict=True):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, tmp_path / path)
    broken, missing = (tmp_path / path for path in list(subject.listed())[:2])
    broken.write_bytes(broken.read_bytes()[:1000])
    missing.unlink()
    again = subject.jars(tmp_path)
    assert [file.read_bytes() for file in again] == [file.read_bytes() for file in good]


def test_a_jar_that_stays_wrong_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = next(iter(subject.listed()))
    listing = tmp_path / "jars.sha256"
    listing.write_text(f"{'0' * 64}  {path}\n")
    monkeypatch.setattr(subject, "LIST", listing)
    with pytest.raises(EmbeddedError, match="SHA-256 不符") as said:
        subject.jars(tmp_path / "cache")
    assert said.type is EmbeddedError, "it was fetched, and is another file"


def test_a_jar_that_cannot_be_had_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listing = tmp_path / "jars.sha256"
    listing.write_text(f"{'0' * 64}  org/apache/kafka/no-such-thing/1.0/no-such-thing-1.0.jar\n")
    monkeypatch.setattr(subject, "LIST", listing)
    with pytest.raises(NotFetched, match=r"不能下载 .*no-such-thing-1\.0\.jar.*检查网络"):
        subject.jars(tmp_path / "cache")
