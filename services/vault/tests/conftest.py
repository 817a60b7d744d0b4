"""A running vault, and the intake it hears, for tests with a database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from libs.host import Around
from libs.testkit.house import COUNTY, TOWN, House, open_house
from libs.testkit.neighbours import Neighbour
from libs.vault import Keyring, create_keys
from services.vault.app import build


@pytest.fixture
def around(tmp_path: Path) -> Around:
    """A site with a key file."""
    create_keys(tmp_path / "vault.keys")
    keyring = Keyring(tmp_path / "vault.keys")
    return Around(keyring=lambda: keyring)


@pytest.fixture
async def house(database: str, around: Around, intake: Neighbour) -> AsyncIterator[House]:
    async with open_house(build, database, name="vault", around=around) as opened:
        opened.neighbours["intake"] = intake
        yield opened


@pytest.fixture
def intake() -> Neighbour:
    return Neighbour("intake", [COUNTY, TOWN])
