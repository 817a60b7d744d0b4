"""Real material beside the project, whose licence does not let all of it stand inside."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

DATA: Final = Path(__file__).parents[3] / "shared" / "data"


def shared(*parts: str) -> Path:
    """The file under the data folder. Absent: the test skips and says so, or fails where `.ci/run` says it must be there."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        assert not os.environ.get("LIANDONG_DATA_REQUIRED"), f"{path} must be there"
        pytest.skip(f"{path} is not beside the project; its licence does not let it stand inside")
    return path
