"""Real material beside the project, whose licence does not let all of it stand inside."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from pathlib import Path
from typing import Final

import pytest

Rows = dict[str, list[dict[str, str]]]
"""The rows of a log, case by case."""
DATA: Final = Path(__file__).parents[3] / "shared" / "data"


def shared(*parts: str) -> Path:
    """The file under the data folder. Absent: the test skips and says so, or fails where `.ci/run` says it must be there."""
    path = DATA.joinpath(*parts)
    if not path.exists():
        assert not os.environ.get("LIANDONG_DATA_REQUIRED"), f"{path} must be there"
        pytest.skip(f"{path} is not beside the project; its licence does not let it stand inside")
    return path


def permit_log() -> Rows:
    """The permit office's log as its file has it, read with nothing of the platform's code."""
    cases: Rows = defaultdict(list)
    with shared("eventlogs", "receipt.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            cases[row["case:concept:name"]].append(row)
    return cases
