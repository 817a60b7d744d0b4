"""What tests of the whole share: the data folder, a box with two sites."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.cli.onebox import OneBox
from services.cli.up import throw_away

DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real material that may not stand in the project; absent: skip, unless CI says it must be there."""
    if not DATA.is_dir():
        assert not os.environ.get("LIANDONG_DATA_REQUIRED"), f"{DATA} must be there"
        pytest.skip(f"{DATA} is not beside the project; its licence does not let it stand inside")
    return DATA


@pytest.fixture(scope="session")
def box() -> Iterator[OneBox]:
    """A city and a county, running, empty; one for the whole run."""
    with throw_away() as made:
        yield made
