"""Rows that need no server: deadline arithmetic, commands that answer at once, a chain read back from files."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

from libs.wire import Position, Recorded, chain_hash, encode_page, follow, genesis, origin
from libs.workdays import Calendar, Ledger, Stop, WorkingDays, derive
from tests.bench.report import Row, beside

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = 1000
COMMANDS: Final = (("due", "2026-09-28", "--limit", "20wd"), ("--help",))


def timed(rounds: int, work: Callable[[], int]) -> list[float]:
    """How many a second `work` does, round by round."""
    rates = []
    for _ in range(rounds):
        began = time.perf_counter()
        done = work()
        rates.append(done / (time.perf_counter() - began))
    return rates


def deadlines(rounds: int) -> list[Row]:
    """Due dates a second; every fourth clock has a stop."""
    calendar, start = Calendar.load(), datetime(2026, 3, 2, 2, tzinfo=UTC)
    stops = (Stop(date(2026, 3, 5), date(2026, 3, 9)),)
    ledgers = [Ledger(start, WorkingDays(n % 30 + 1), stops if n % 4 == 0 else ()) for n in range(20_000)]

    def work() -> int:
        for ledger in ledgers:
            derive(ledger, calendar)
        return len(ledgers)

    return [Row("deadline arithmetic with all its warnings", "–", 200_000, "due dates/s", timed(rounds, work), beside=beside({}))]


def commands(rounds: int) -> list[Row]:
    """Seconds that `liandong due` and `liandong --help` take, from nothing to the prompt."""
    rows = []
    for words in COMMANDS:
        took = []
        for _ in range(rounds + 1):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-m", "services.cli", *words], cwd=ROOT, check=True, capture_output=True, env=os.environ)
            took.append(time.perf_counter() - began)
        rows.append(Row(f"liandong {words[0]}", "–", 0.4, "s", took[1:], lower=True, beside=beside({})))  # the first one warms the files
    return rows


def chain(rounds: int, count: int) -> list[Row]:
    """A feed in files, as the feed API gives it: read and checked event by event, against read and hashed as bytes."""
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as folder:
        files = exported(Path(folder), count)

        def check() -> int:
            before: Position | None = None
            for file in files:
                before, fault = follow(file.read_bytes(), before)
                assert fault is None
            return count

        def read() -> int:
            for file in files:
                hashlib.sha256(file.read_bytes()).digest()
            return count

        ours, theirs = list[float](), list[float]()
        for _ in range(rounds):
            ours += timed(1, check)
            theirs += timed(1, read)
    against = "reading the same files + SHA-256 of the bytes"
    return [Row("chain verification from export", against, 0.5, "events/s", ours, theirs, beside=beside({}))]


def exported(folder: Path, count: int) -> list[Path]:
    """A feed of `count` events in files of a page each."""
    events, at = chained(count), range(0, count, PAGE)
    files = [folder / f"{start:09d}.json" for start in at]
    for file, start in zip(files, at, strict=True):
        file.write_bytes(encode_page(events[start : start + PAGE]))
    return files


def chained(count: int) -> list[Recorded]:
    """A sound feed: two events a command, four commands a batch, each at a moment of its own."""
    began, before, events = datetime(2026, 11, 23, 1, 0, 0, 437, UTC), genesis(), list[Recorded]()
    for n in range(1, count + 1):
        number = f"511525-20261123-{n // 3:06d}-7"
        asked, written = began + timedelta(milliseconds=n // 2), began + timedelta(milliseconds=n // 8 * 4 + 7)
        draft = Recorded(
            source=origin("511525", "intake"), epoch=1, sequence=n, id=f"019ab0c0-0000-7000-8000-{n:012d}", type="liandong.intake.CaseAccepted.v1",
            subject=number, time=asked, recordedtime=written, actor="C0117", prevhash=before, hash="", correlationid=number, causationid=f"k-{n}",
            data=b'{"case":"511525-20261123-000001-7","officer":"C0117","at":"2026-11-23T01:00:00Z","by":"officer","effective":"2026-11-23T01:00:00Z"}',
        )  # fmt: skip
        before = chain_hash(draft)
        events.append(msgspec.structs.replace(draft, hash=before))
    return events
