"""`liandong migrate`: as owner, under a lock, forward only. The service itself speaks as a role that can append and read its log, nothing else."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import asyncpg
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from libs.contracts import roster, standing

ROOT = Path(__file__).parents[2]
_SHARED = ROOT / "libs" / "database" / "migrations"
_APPEND_ONLY = ("event", "feed")


def role_of(owner_url: str, service: str) -> str:
    """The role of `service` in the database of `owner_url`."""
    return f"{urlsplit(owner_url).path.lstrip('/')}_{service}"


def service_url(owner_url: str, service: str) -> str:
    """Where `service` connects: its own role, with a password derived from the owner's, so that one box keeps one secret."""
    parts = urlsplit(owner_url)
    role = role_of(owner_url, service)
    password = hmac.new(unquote(parts.password or "").encode(), role.encode(), hashlib.sha256).hexdigest()
    return urlunsplit(parts._replace(netloc=f"{quote(role)}:{password}@{parts.hostname}:{parts.port or 5432}"))


async def prepare_site(owner_url: str, at: str) -> list[str]:
    """Prepares every database of a site, or of the city's (`at`): the names of the services, in order."""
    names = [row.name for row in standing(at) if row.database != "none"]
    for name in names:
        await prepare(owner_url, name)
    return names


def readers_of(service: str) -> tuple[str, ...]:
    """Who else may read the log of `service`: nobody but those of the roster who read all that is published."""
    public = any(row.public for row in roster() if row.name == service)
    return tuple(row.name for row in roster() if row.database == "logs") if public else ()


async def prepare(owner_url: str, service: str) -> str:
    """Makes schema, role, tables and grants of `service`, and its log readable for whom the roster says: the address where the service connects.

    Doing it again changes nothing.
    """
    role, url = role_of(owner_url, service), service_url(owner_url, service)
    connection = await asyncpg.connect(owner_url)
    try:
        await connection.execute("select pg_advisory_lock(hashtext('liandong migrate'))")
        await _role(connection, role, unquote(urlsplit(url).password or ""))
        database = urlsplit(owner_url).path.lstrip("/")
        await connection.execute(f'grant connect on database "{database}" to "{role}"')
        await connection.execute(f'create schema if not exists "{service}"')
        await connection.execute(f'grant usage on schema "{service}" to "{role}"')
        await connection.execute(
            f'alter default privileges in schema "{service}" grant select, insert, update, delete on tables to "{role}"'
        )
        await _upgrade(owner_url, service)
        for table in _APPEND_ONLY:
            await connection.execute(f'revoke update, delete, truncate on "{service}".{table} from "{role}"')
        await connection.execute(f'revoke insert, update, delete on "{service}".alembic_version from "{role}"')
        for reader in readers_of(service):
            await _may_read(connection, owner_url, service, reader)
    finally:
        await connection.close()
    return url


async def _may_read(connection: asyncpg.Connection[asyncpg.Record], owner_url: str, service: str, reader: str) -> None:
    role = role_of(owner_url, reader)
    await _role(connection, role, unquote(urlsplit(service_url(owner_url, reader)).password or ""))
    await connection.execute(f'grant usage on schema "{service}" to "{role}"')
    await connection.execute(f'grant select on "{service}".event, "{service}".feed, "{service}".head to "{role}"')


async def _role(connection: asyncpg.Connection[asyncpg.Record], role: str, password: str) -> None:
    if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
        await connection.execute(f'create role "{role}" login nosuperuser nocreatedb nocreaterole')
    await connection.execute(f"alter role \"{role}\" password '{password}'")


async def _upgrade(owner_url: str, service: str) -> None:
    engine = create_async_engine(owner_url.replace("postgresql://", "postgresql+asyncpg://", 1), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f'set local search_path to "{service}"'))
            await connection.run_sync(lambda sync: _run(sync, service))
    finally:
        await engine.dispose()


def _run(connection: Connection, service: str) -> None:
    config = Config()
    own = ROOT / "services" / service / "migrations"
    places = [_SHARED, own] if own.is_dir() else [_SHARED]
    config.set_main_option("script_location", str(_SHARED))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, places)))
    script = ScriptDirectory.from_config(config)

    def upgrade(current: tuple[str, ...] | str | None, _context: object) -> list[object]:
        return list(script._upgrade_revs("heads", current))  # type: ignore[arg-type]

    with EnvironmentContext(config, script, fn=upgrade, destination_rev="heads") as environment:
        environment.configure(connection=connection, version_table_schema=service)
        environment.run_migrations()
