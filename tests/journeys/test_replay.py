"""The permit log through two sites: every figure and every set recomputed straight from the file."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.server
ROOT = Path(__file__).parents[2]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def expected(path: Path) -> dict[str, Any]:
    """What the file itself says, with nothing of the platform's code."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cases: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        cases.setdefault(row["case:concept:name"], []).append(row)
    last = max(moment(row["time:timestamp"]) for row in rows)
    found: dict[str, list[str]] = {key: [] for key in ("red", "yellow", "statutory_red", "same_officer", "after_the_end", "closed")}
    for name, acts in cases.items():
        first = acts[0]
        start, planned, deadline = (moment(first[f"case:{c}"]) for c in ("startdate", "enddate_planned", "deadline"))
        end = moment(first["case:enddate"]) if first["case:enddate"] else None
        warned = start + (planned - start) * 9 / 10
        past = {
            key: (end > limit if end else limit <= last)
            for key, limit in (("red", planned), ("statutory_red", deadline), ("yellow", warned))
        }
        for key, so in past.items():
            if so or (key == "yellow" and past["red"]):
                found[key].append(name)
        checked = [row["org:resource"] for row in acts if row["concept:name"].startswith("T02")]
        determined = [row["org:resource"] for row in acts if row["concept:name"].startswith("T04")]
        if checked and determined and checked[0] == determined[0]:
            found["same_officer"].append(name)
        if end:
            found["closed"].append(name)
            if any(moment(row["time:timestamp"]) > end for row in acts):
                found["after_the_end"].append(name)
    return {"cases": len(cases), **{key: sorted(names) for key, names in found.items()}}


def test_the_log_gives_what_the_file_says(shared_data: Path) -> None:
    log = shared_data / "eventlogs" / "receipt.csv"
    command = [sys.executable, "-m", "services.cli", "replay", str(log), "--log", "receipt", "--check", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    said, facts = json.loads(done.stdout.strip().splitlines()[-1]), expected(log)
    assert (said["cases"], said["closed"], said["red"]) == (1434, 1329, 430)
    assert said["cases"] == facts["cases"]
    assert said["closed"] == len(facts["closed"])
    for key in ("red", "yellow", "statutory_red"):
        assert said[f"{key}_cases"] == facts[key]
        assert said[key] == len(facts[key])
    assert said["findings"]["same_officer"] == facts["same_officer"]
    assert said["findings"]["after_the_end"] == facts["after_the_end"]
    assert said["chains_verified"] is True
    assert said["counts_agree"] is True
    assert Counter({code: row["cases"] for code, row in said["nodes"].items()}).total() == 1434
    assert Counter({code: row["red"] for code, row in said["nodes"].items()}).total() == 430
    assert len({row["cases"] for row in said["nodes"].values()}) <= 2, "spread evenly over the nodes"
