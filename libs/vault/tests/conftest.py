"""Both keepers of rows under one suite."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from libs.database import open_pool, prepare
from libs.vault import MadeUpKeys, MemoryRows, PgRows, Vault, VaultRows


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.server)])
async def rows(request: pytest.FixtureRequest) -> AsyncIterator[VaultRows]:
    """The rows of an empty vault."""
    if request.param == "memory":
        yield MemoryRows()
        return
    pool = await open_pool(await prepare(request.getfixturevalue("database"), "vault"), "vault")
    yield PgRows(pool)
    await pool.close()


@pytest.fixture
def keys() -> MadeUpKeys:
    return MadeUpKeys()


@pytest.fixture
def vault(rows: VaultRows, keys: MadeUpKeys, tmp_path: Path) -> Vault:
    return Vault(rows, lambda: keys, tmp_path / "vault.erased")
