"""The box watches its servers and sites: what is killed is there again on the same port and data, said once, and nobody restarts anything by hand."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import psutil
import pytest

from services.onebox import Door, OneBox, Patience, publish, throw_away, work

pytestmark = pytest.mark.server
COUNTY = "511525"
AGAIN_SECONDS = 90
"""Generous: what is asked is that it comes back by itself."""
HASTY = Patience(every=0.5, answer=2.0, named=2, ended=6)
PARTS = ("PostgreSQL", "Kafka", COUNTY)


@pytest.fixture(scope="module")
def own() -> Iterator[OneBox]:
    """A box of one's own, for it is killed piece by piece."""
    with throw_away(HASTY) as box:
        with Door(box.site(COUNTY), "watch") as door:
            publish(door, COUNTY)
        yield box


def process_of(box: OneBox, part: str) -> int:
    """The number of the part's process."""
    pids = {"PostgreSQL": box.postgres.pid, "Kafka": box.kafka.pid}
    process = box.site(COUNTY).process
    found = pids.get(part, process.pid if process else None)
    assert found is not None
    return found


def end(pid: int) -> None:
    """`kill -9`: of a program with many threads the last may take a moment to end."""
    os.kill(pid, signal.SIGKILL)


def watch_until_answered(box: OneBox) -> list[str]:
    """What the box says until the county answers again and has nothing to complain of."""
    said: list[str] = []
    until = time.monotonic() + AGAIN_SECONDS
    while time.monotonic() < until:
        said += box.watch() or []
        if said and not box.troubles and answers(box):
            return said
        time.sleep(0.2)
    raise AssertionError(f"the county does not answer; the box said: {said}")


def answers(box: OneBox) -> bool:
    """Whether the county is ready: its database and its broker are there."""
    try:
        return httpx2.get(f"{box.site(COUNTY).address}/health/ready", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False


@pytest.mark.parametrize("part", PARTS)
def test_what_was_killed_is_there_again_and_said_twice(own: OneBox, part: str) -> None:
    ports = (own.postgres.port, own.kafka.port, own.site(COUNTY).port)
    killed = process_of(own, part)
    end(killed)
    said = watch_until_answered(own)
    assert process_of(own, part) != killed
    assert (own.postgres.port, own.kafka.port, own.site(COUNTY).port) == ports
    about = [sentence for sentence in said if part in sentence]
    assert len(about) == 2, said
    assert ("意外结束" in about[0], "已恢复" in about[1]) == (True, True), said
    with Door(own.site(COUNTY), f"watch-{part}") as door:
        work(door, COUNTY, 1, datetime.now(UTC))


def test_after_a_night_in_which_everything_died_the_servers_come_first(own: OneBox) -> None:
    for part in reversed(PARTS):
        end(process_of(own, part))
    said = watch_until_answered(own)
    back = [sentence.split()[0] for sentence in said if "已恢复" in sentence]
    assert back == ["PostgreSQL", "Kafka", COUNTY], said


@pytest.mark.parametrize("part", PARTS)
def test_what_is_frozen_is_named_ended_and_there_again(own: OneBox, part: str) -> None:
    frozen = process_of(own, part)
    os.kill(frozen, signal.SIGSTOP)
    said = watch_until_answered(own)
    assert process_of(own, part) != frozen
    about = [sentence for sentence in said if part in sentence]
    assert ("没有应答" in about[0], "已恢复" in about[-1], len(about)) == (True, True, 2), said


def test_a_stop_ends_what_is_frozen_too() -> None:
    with throw_away(HASTY) as box:
        frozen = [process_of(box, part) for part in PARTS]
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        told: list[str] = []
        while len(told) < len(PARTS):
            told += box.watch()
            time.sleep(0.2)
        assert any(COUNTY in sentence for sentence in box.stop())
    assert not any(Path(f"/proc/{pid}").exists() for pid in frozen)


@pytest.fixture(scope="module")
def stopped() -> Iterator[OneBox]:
    """A box that stands still, to be started."""
    with throw_away(HASTY) as box:
        box.stop()
        yield box


@pytest.mark.parametrize("part", PARTS)
def test_a_stop_while_a_part_is_being_started_again_leaves_nothing_behind(stopped: OneBox, part: str) -> None:
    others = running()
    stopped.start()
    end(process_of(stopped, part))
    while not stopped.watch():
        time.sleep(0.05)
    stopped.stop()
    assert not begun_since(others)


def running() -> set[psutil.Process]:
    """What this process has started and what those have."""
    return set(psutil.Process().children(recursive=True))


def begun_since(before: set[psutil.Process]) -> set[psutil.Process]:
    """What runs now and did not then, apart from what those of then have started themselves: servers of other tests do so all the time."""
    found = set()
    for process in running() - before:
        with suppress(psutil.NoSuchProcess):
            if not before.intersection(process.parents()):
                found.add(process)
    return found
