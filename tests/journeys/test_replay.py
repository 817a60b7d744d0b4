"""Logs through two sites: the permit log, every figure and every set recomputed straight from the file; and a small one of another office."""

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


def replayed(log: Path, *how: str) -> dict[str, Any]:
    """What a replay in a throw-away box says."""
    command = [sys.executable, "-m", "services.cli", "replay", str(log), *how, "--check", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def test_the_log_gives_what_the_file_says(shared_data: Path) -> None:
    log = shared_data / "eventlogs" / "receipt.csv"
    said, facts = replayed(log, "--log", "receipt"), expected(log)
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


DOGS = """
[file]
delimiter = ";"
encoding = "latin-1"
time_zone = "Europe/Rome"
[columns]
case = "pratica"
activity = "attività"
officer = "chi"
instant = "quando"
promised = "entro"
[activities]
"Registra cane" = "file"
"Guarda cane" = "step/examine"
"Firma" = "step/approve"
"Consegna" = "close"
"Abbaia" = "ignore"
[limits]
optional = true
"""
LINES = """pratica;attività;chi;quando;entro
D-1;Consegna;;2005-03-08;2005-03-20
D-1;Firma;bruno;2005-03-02;2005-03-20
 D-1 ;Guarda cane;bruno;2005-03-02 00:00:00;2005-03-20
D-1;Registra cane;anna;2005-03-01 00:00:00+01:00;2005-03-20
D-1;Guarda cane;;2005-03-09;2005-03-20
D-2;Registra cane;anna;2005-03-01;2005-03-05

D-2;Guarda cane;bruno;2005-03-10;2005-03-05
D-2;Guarda cane;bruno;2005-03-10;2005-03-05
D-3;Registra cane;;2005-03-01;
D-3;Consegna;;2005-03-07;
D-3;Abbaia;;2005-03-11;
"""
"""Out of order, days without hours, activities repeated and ignored, officers blank; one case late and open, one without a limit."""


def test_a_small_log_of_another_office_goes_the_whole_way_by_its_map(tmp_path: Path) -> None:
    (tmp_path / "cani.csv").write_text(LINES, encoding="latin-1")
    (tmp_path / "cani.toml").write_text(DOGS, encoding="utf-8")
    said = replayed(tmp_path / "cani.csv", "--map", str(tmp_path / "cani.toml"))
    assert said["log"].startswith("cani-")
    assert (said["cases"], said["closed"]) == (3, 2)
    assert (said["red_cases"], said["yellow_cases"], said["statutory_red_cases"]) == (["D-2"], ["D-2"], [])
    assert said["findings"] == {"same_officer": ["D-1"], "after_the_end": ["D-1"]}
    assert (said["chains_verified"], said["counts_agree"]) == (True, True)
    assert sum(row["cases"] for row in said["nodes"].values()) == 3
