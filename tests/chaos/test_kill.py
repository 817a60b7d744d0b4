"""`kill -9` of a site's process in the middle of a command load and in the middle of a replay: nothing acknowledged is lost, nothing doubled."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from services.onebox import (
    Door,
    OneBox,
    SiteOfBox,
    advance,
    publish,
    read_log,
    run_import,
    send,
    settle,
    shipped,
    summarise,
    throw_away,
)

pytestmark = pytest.mark.server
SEED = 20261123


def kill(box: OneBox, site: SiteOfBox) -> None:
    """Kills the site's process as hard as it gets, and lets the box start it again."""
    assert site.process is not None
    os.kill(site.process.pid, signal.SIGKILL)
    site.process.wait()
    box.watch()
    while box.troubles:
        time.sleep(0.2)
        box.watch()
    site.wait_ready()


def kill_while(box: OneBox, site: SiteOfBox, work: Callable[[threading.Event], None]) -> int:
    """Kills the site again and again, from the main thread, until `work` is done; `work` is told when it was killed three times."""
    chance = random.Random(SEED)
    enough, kills = threading.Event(), 0
    with ThreadPoolExecutor(1) as other:
        working = other.submit(work, enough)
        while not working.done() and kills < 3:
            time.sleep(chance.uniform(0.8, 1.6))
            kill(box, site)
            kills += 1
        enough.set()
        working.result()
    return kills


def timeline(box: OneBox, case: str) -> list[dict[str, Any]]:
    with box.city.client() as client:
        found: list[dict[str, Any]] = send(client, "GET", f"/hub/cases/{case}")["timeline"]
    return found


@pytest.mark.slow  # a bad night kills it once, this one three times
def test_a_site_killed_under_a_load_of_commands_loses_and_doubles_nothing(box: OneBox) -> None:
    print(f"seed {SEED}")
    county = box.site("511525")
    with Door(county, "chaos") as door:
        publish(door, county.code)
        acknowledged: dict[int, tuple[str, int]] = {}

        def one(n: int) -> None:
            node = county.nodes[n % len(county.nodes)]["code"]
            filing = {"item": "LD-511A-0001", "channel": "counter", "materials": []}
            filed = door.file(node, f"{n}:file", filing)
            done = door.post("clerk", f"/intake/cases/{filed['case']}/acceptance", f"{n}:accept")
            acknowledged[n] = (filed["case"], done["version"])

        def load(enough: threading.Event) -> None:
            with ThreadPoolExecutor(8) as pool:
                for start in range(0, 40_000, 40):
                    list(pool.map(one, range(start, start + 40)))
                    if enough.is_set():
                        return

        assert kill_while(box, county, load) == 3
        n = len(acknowledged)
        settle(box)
        assert sorted(acknowledged) == list(range(n))
        assert len({case for case, _ in acknowledged.values()}) == n, "no number was given twice"
        for case, version in acknowledged.values():
            mine = [event for event in timeline(box, case) if event["source"].endswith(":intake")]
            types = [event["type"].split(".")[2] for event in mine]
            assert types == ["CaseFiled", "CaseAccepted", "StepFellDue"]
            assert version == 3
            assert all(event["verified"] for event in mine)
    check_everything(box)


def check_everything(box: OneBox) -> None:
    """Chains verify on both sides, nothing is parked, nobody is behind."""
    for site in box.sites:
        with site.client() as client:
            assert send(client, "GET", "/site/verify")["verified"]
            assert send(client, "GET", "/site/parked") == []
    with box.city.client() as client:
        assert send(client, "GET", "/hub/verify")["verified"]


def test_a_replay_whose_site_is_killed_ends_as_if_nothing_had_happened(shared_data: Path) -> None:
    log = read_log(shared_data / "eventlogs" / "receipt.csv", shipped("receipt"), "receipt", datetime.now(UTC))
    with throw_away() as box:
        county = box.site("511525")

        def work(_enough: threading.Event) -> None:
            run_import(box, log, Console(quiet=True))

        assert kill_while(box, county, work) >= 1, "the site was killed while the replay ran"
        run_import(box, log, Console(quiet=True))
        advance(box, "receipt", log.last)
        settle(box)
        found = summarise(box, "receipt", 0)
        assert (found["cases"], found["closed"], found["red"]) == (1434, 1329, 430)
        assert found["chains_verified"]
        assert found["counts_agree"]
        check_everything(box)
