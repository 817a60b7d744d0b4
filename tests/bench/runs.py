"""One stretch of load on a box: its processes started, its CPU read, the city looked at until all of it is there."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import msgspec

from tests.bench.aside import Unheard, heard
from tests.bench.commanded import HERE, BoxByCommand
from tests.bench.figures import NEVER, percent_of_a_core, percentile, total_at, waits
from tests.bench.poller import READY, Looked
from tests.bench.report import Beside, beside
from tests.bench.traffic import Order, Report, Step
from tests.bench.usage import Usage

FILING: Final = b'{"item":"LD-511A-0004","channel":"counter","materials":[]}'
FLAT_OUT: Final = 400
"""Filings a second for whom the vault keeps people ahead; those behind them have theirs kept as they come."""
QUIET_SECONDS: Final = 1.5
DRAIN_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Run:
    """What a stretch came to."""

    report: Report
    looked: Looked
    used: dict[str, float]
    beside: Beside

    @property
    def seconds(self) -> float:
        return self.report.ended - self.report.began

    @property
    def answered(self) -> float:
        """Filings, or whole lives, answered a second."""
        return self.report.answered / self.seconds

    @property
    def visible(self) -> float:
        """Events a second that the city came to show while the load lasted."""
        seen = self.looked.seen
        return (total_at(self.report.ended, seen) - total_at(self.report.began, seen)) / self.seconds

    @property
    def waits(self) -> list[float]:
        """Milliseconds from the moment each command was due to the city's view."""
        found = waits(self.report.marks, self.looked.seen)
        lost = sum(wait == NEVER for wait in found)
        assert not lost, f"the city never showed {lost} commands of {len(found)}"
        return found

    def quick(self, share: float = 0.99) -> float:
        """The percentile of `waits`."""
        return percentile(self.waits, share)


@contextmanager
def _looking(box: BoxByCommand, *, at_all: bool) -> Iterator[list[Looked]]:
    """A poller while this is open; what it saw is in the list afterwards."""
    found: list[Looked] = []
    if not at_all:
        yield found
        return
    command = [sys.executable, "-m", "tests.bench.poller", str(box.city.port), box.city.tokens["operator"]]
    with subprocess.Popen(command, cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as poller:
        try:
            if poller.stdout is None or poller.stdout.read(1) != READY:
                raise Unheard("the poller did not see the city")
            yield found
        finally:
            said, _ = poller.communicate(b"")
    found.append(heard("poller", poller.returncode, said, Looked))


def run(box: BoxByCommand, seconds: float, rate: float = 0.0, *, look: bool = True, life: tuple[Step, ...] = (), callers: int = 64) -> Run:
    """A stretch of `seconds` at a rate, or flat out; returns when the city has all of it. Raises `AssertionError` for a command that failed."""
    county, usage = box.county, Usage(box.pid)
    nodes = [node["code"] for node in county.nodes]
    mark = f"bench-{time.time_ns()}"
    order = Order(
        county.port, county.tokens, nodes, FILING, mark, seconds, rate, callers, life, applicants=int(seconds * (rate or FLAT_OUT))
    )
    with _looking(box, at_all=look) as looks:
        usage.begin()
        command = [sys.executable, "-m", "tests.bench.traffic"]
        traffic = subprocess.run(command, cwd=HERE, input=msgspec.msgpack.encode(order), stdout=subprocess.PIPE, check=False)
        used = usage.used()
        report = heard("load", traffic.returncode, traffic.stdout, Report)
        quiet(box)
    assert not report.faults, f"commands failed: {report.faults}"
    looked = looks[0] if looks else Looked([], 0.0)
    if looked.missed:
        sys.stderr.write(f"looks that the city did not answer: {looked.missed}\n")
    others = percent_of_a_core({}, {"load": report.cpu, **({"poller": looked.cpu} if look else {})}, report.ended - report.began)
    return Run(report, looked, used, beside({**used, **others}))


def quiet(box: BoxByCommand) -> None:
    """Returns when the city has shown nothing new for a while. Raises `TimeoutError`."""
    end, before, since = time.monotonic() + DRAIN_SECONDS, -1, time.monotonic()
    with box.city.client() as client:
        while time.monotonic() < end:
            now = sum(feed["verified"] for feed in client.get("/hub/feeds").raise_for_status().json())
            if now != before:
                before, since = now, time.monotonic()
            elif time.monotonic() - since > QUIET_SECONDS:
                return
            time.sleep(0.2)
    raise TimeoutError("the city did not come to rest")


def idle(box: BoxByCommand, seconds: float) -> dict[str, float]:
    """What the processes use when nobody asks for anything."""
    usage = Usage(box.pid)
    usage.begin()
    time.sleep(seconds)
    return usage.used()


def steps_of_life() -> tuple[Step, ...]:
    """What follows a filing: accepted, examined, approved, decided, delivered."""
    told: Sequence[tuple[str, str, bytes]] = (
        ("clerk", "acceptance", b"{}"),
        ("examiner", "steps/start", '{"name":"审查"}'.encode()),
        ("examiner", "steps/done", '{"name":"审查","recommends":"granted"}'.encode()),
        ("approver", "steps/start", '{"name":"核准"}'.encode()),
        ("approver", "steps/done", '{"name":"核准","outcome":"granted"}'.encode()),
        ("approver", "decision", '{"outcome":"granted","document":"许可决定书第 1 号","reasons":""}'.encode()),
        ("clerk", "delivery", '{"how":"counter","receipt":"送达回证第 1 号"}'.encode()),
    )
    return tuple(Step(*step) for step in told)
