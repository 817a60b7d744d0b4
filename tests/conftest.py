"""What tests of the whole share: the data folder, a box with two sites."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from libs.testkit.data import shared
from services.onebox import OneBox, throw_away


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The data folder."""
    return shared()


@pytest.fixture(scope="session")
def box() -> Iterator[OneBox]:
    """A city and a county, running, empty; one for the whole run."""
    with throw_away() as made:
        yield made
