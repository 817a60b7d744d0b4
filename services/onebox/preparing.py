"""What the sites of a box find on its servers: databases, schemas, topics. What was made by the same code already is not looked at again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import asyncpg
import stamina
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from libs.bus import topics
from libs.embedded import Kafka, Postgres, cause_in, create_topics
from services.onebox.folder import BoxError
from services.onebox.sites import ROOT, SiteOfBox

MAKES_SCHEMAS: Final = ("libs/database/*.py", "libs/database/migrations/**/*.py", "services/*/migrations/**/*.py", "contracts/topics.toml")
"""Everything that says what stands in a database."""


async def prepare(postgres: Postgres, kafka: Kafka, sites: Sequence[SiteOfBox]) -> None:
    """Makes databases, schemas and topics that are not there yet."""
    made_by = code_of_schemas()
    for site in sites:
        if await _database(postgres.url(), site.database) != made_by:
            await migrate(postgres, [site])
    wanted = {topic.name: (topic.partitions, topic.config) for topic in topics(site.code for site in sites)}
    await create_topics(kafka.bootstrap, wanted)
    await _groups_ready(kafka.bootstrap)


async def migrate(postgres: Postgres, sites: Sequence[SiteOfBox]) -> list[str]:
    """Brings every schema of these sites forward: the names of all it looked at. The database says afterwards which code made it."""
    from sqlalchemy.exc import SQLAlchemyError

    from libs.database import prepare_site

    found: list[str] = []
    for site in sites:
        try:
            found += [f"{site.code}/{name}" for name in await prepare_site(postgres.url(site.database), site.at)]
        except SQLAlchemyError as error:
            raise not_prepared(postgres.folder, error) from error
        await _execute(postgres.url(), f"comment on database \"{site.database}\" is '{code_of_schemas()}'")
    return found


def not_prepared(folder: Path, error: Exception) -> BoxError:
    """Why what the sites need could not be made."""
    cause = cause_in([str(error)], folder) or f"{type(error).__name__}，请看 {folder.parent} 里服务器的日志，再启动"
    return BoxError(f"数据库和主题没有准备好：{cause}")


def code_of_schemas(root: Path = ROOT) -> str:
    """A digest of all that says what stands in a database: equal, and there is nothing to bring forward."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in MAKES_SCHEMAS for path in root.glob(pattern)):
        digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


async def _database(owner_url: str, name: str) -> str | None:
    """Makes the database where there is none: what made the schemas in it, None for a new one."""
    connection = await asyncpg.connect(owner_url)
    try:
        if not await connection.fetchval("select 1 from pg_database where datname = $1", name):
            await connection.execute(f'create database "{name}"')
            await connection.execute(f'revoke connect, temporary on database "{name}" from public')
        made_by: str | None = await connection.fetchval(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = $1", name
        )
        return made_by
    finally:
        await connection.close()


async def _execute(owner_url: str, statement: str) -> None:
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute(statement)
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
