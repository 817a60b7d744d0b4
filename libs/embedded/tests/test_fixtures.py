"""The fixtures every database and broker test stands on (libs/testkit/servers.py): a database of one's own, gone afterwards."""

from __future__ import annotations

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from libs.testkit import servers

seen: list[str] = []


@pytest.mark.parametrize("turn", [1, 2])
async def test_every_test_gets_an_empty_database(postgres_url: str, database: str, turn: int) -> None:
    connection = await asyncpg.connect(database)
    try:
        assert await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'") == 0
        await connection.execute("create table left_here (n int)")
        names = [row[0] for row in await connection.fetch("select datname from pg_database where datname like 'test\\_%'")]
        assert not set(seen) & set(names)
        seen.append(str(await connection.fetchval("select current_database()")))
    finally:
        await connection.close()
    assert database.startswith(postgres_url.rpartition("/")[0])


async def test_the_broker_answers(kafka_bootstrap: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka_bootstrap) as producer:
        assert producer.client.cluster.brokers()


def test_the_header_says_which_and_shows_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(servers.POSTGRES, "postgresql://owner:secret@db:5432/postgres")
    monkeypatch.delenv(servers.KAFKA, raising=False)
    assert servers.pytest_report_header() == [
        "PostgreSQL: given, db:5432 (LIANDONG_TEST_POSTGRES_URL)",
        "Kafka: embedded (LIANDONG_TEST_KAFKA is not set)",
    ]
