"""Real PostgreSQL and Kafka for tests: a given one (`LIANDONG_TEST_POSTGRES_URL`, `LIANDONG_TEST_KAFKA`), else our own; the header says which.

Loaded for the whole house by `addopts` in pyproject.toml. Servers start when the first test asks, live for the session and leave nothing behind.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from hypothesis import settings

from libs.embedded import Kafka, Postgres

settings.register_profile("house", deadline=None)
settings.load_profile("house")  # a slow machine is no failure: nothing here is a timed test

T = TypeVar("T")
POSTGRES: Final = "LIANDONG_TEST_POSTGRES_URL"
KAFKA: Final = "LIANDONG_TEST_KAFKA"
SERVERS: Final = frozenset({"postgres_url", "kafka_bootstrap"})
"""The fixtures of which one stands behind everything that needs a server."""
HASTY: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Test data need not survive the machine."""


def pytest_report_header() -> list[str]:
    """Which servers the tests that need one will use."""
    return [f"PostgreSQL: {_origin(POSTGRES)}", f"Kafka: {_origin(KAFKA)}"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for a server needs one: `server` need not be said by hand where a fixture says it."""
    for item in items:
        if SERVERS.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("server")


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server where the user may create databases and roles."""
    if given := os.environ.get(POSTGRES):
        yield given
        return
    server = Postgres(tmp_path_factory.mktemp("postgres"), options=HASTY)
    server.start()
    try:
        yield server.url()
    finally:
        server.erase()


@pytest.fixture(scope="session")
def kafka_bootstrap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`host:port` of a broker; topics are shared by the session's tests: name them apart."""
    if given := os.environ.get(KAFKA):
        yield given
        return
    server = Kafka(tmp_path_factory.mktemp("kafka"))
    server.start()
    try:
        yield server.bootstrap
    finally:
        server.erase()


@pytest.fixture
def database(postgres_url: str) -> Iterator[str]:
    """Address of an empty database, the test's own, as its owner; dropped afterwards whoever is still connected."""
    name = f"test_{uuid.uuid4().hex}"
    _apart(_execute(postgres_url, f'create database "{name}"'))
    try:
        yield urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    finally:
        _apart(_execute(postgres_url, f'drop database "{name}" with (force)'))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _apart(work: Coroutine[Any, Any, T]) -> T:
    """Runs it to its end on a loop of its own, so that the tests' loop is left alone."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, work).result()


def _origin(variable: str) -> str:
    given = os.environ.get(variable)
    if not given:
        return f"embedded ({variable} is not set)"
    place = urlsplit(given).netloc or given
    return f"given, {place.rpartition('@')[2]} ({variable})"
