"""The whole way over HTTP, in the real box run by its command: command → log → site topic → deadline → link → city stream → the hub's view."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Final

import httpx2

from services.onebox import SiteOfBox
from tests.bench.commanded import BoxByCommand
from tests.bench.figures import percentile
from tests.bench.report import Row, beside
from tests.bench.runs import FLAT_OUT, Run, idle, quiet, run, steps_of_life
from tests.bench.usage import Usage, share

Say = Callable[[str], None]
PAGES: Final = 40
"""How often each page is asked for."""
CALLERS_OF_LIVES: Final = 16


def whole_way(box: BoxByCommand, rounds: int, seconds: float, say: Say) -> list[Row]:
    """Flat out, at 250/s and at 1,000/s, interleaved; the box is warmed by a first short load."""
    short = min(seconds, 15.0)
    run(box, min(seconds, 5.0))
    flat, fast, slow, cheap = list[Run](), list[Run](), list[Run](), list[Run]()
    for turn in range(rounds):
        flat.append(run(box, seconds))
        slow.append(run(box, short, 250))
        cheap.append(run(box, short, 250, look=False))
        fast.append(run(box, short, 1000))
        say(
            f"round {turn + 1}: flat out {flat[-1].visible:,.0f} events/s, p99 {flat[-1].quick():,.0f} ms; 1,000/s: p99 {fast[-1].quick():,.0f} ms; "
            f"250/s: p99 {slow[-1].quick():,.0f} ms, {share(cheap[-1].used):.0f} % of the machine"
        )
    way, answered = "whole way over HTTP, 14 nodes, 64 callers", statistics.median(each.answered for each in flat)
    note = f"{answered:,.0f} filings/s answered, for {seconds:.0f} s, applicants beyond {FLAT_OUT}/s kept as they come; load made on the same cores"
    return [
        Row(way, "events/s visible at the city", 5000, "events/s", [each.visible for each in flat], note=note, beside=flat[-1].beside),
        _latency("flat out", 250, flat),
        _latency("at 1,000/s", 80, fast),
        _latency("at 250/s", None, slow),
        Row(
            "all processes together at 250/s",
            "the machine",
            30,
            "%",
            [share(each.used) for each in cheap],
            lower=True,
            beside=cheap[-1].beside,
        ),
    ]


def at_rest(box: BoxByCommand, rounds: int, seconds: float) -> Row:
    """What a box uses when nobody asks for anything. To be asked before it is loaded: for minutes after a load PostgreSQL tidies up."""
    still = [idle(box, min(seconds, 15.0)) for _ in range(rounds)]
    return Row("all processes together, idle", "the machine", 5, "%", [share(each) for each in still], lower=True, beside=beside(still[-1]))


def _latency(how: str, bar: float | None, runs: Sequence[Run]) -> Row:
    middle = statistics.median(run.quick(0.5) for run in runs)
    return Row(
        f"command → hub view {how}, p99", "the moment it was due", bar, "ms", [run.quick() for run in runs], lower=True, note=f"p50 {middle:,.0f} ms",
        beside=runs[-1].beside,
    )  # fmt: skip


def _kept_up(runs: Sequence[Run]) -> str:
    """How many commands were answered a second: a box that falls behind uses less."""
    return f"{statistics.median(run.answered for run in runs):,.0f} commands/s answered"


def lives(box: BoxByCommand, rounds: int, seconds: float) -> list[Run]:
    """Cases filed, accepted, examined, approved, decided, delivered."""
    return [run(box, seconds, life=steps_of_life(), callers=CALLERS_OF_LIVES, look=False) for _ in range(rounds)]


def lives_rows(few: Sequence[Run], many: Sequence[Run], before: int, after: int) -> list[Row]:
    """Lives a second in a box that knows few cases; and, after all the load, in one that knows many."""
    work = "case lifecycles over HTTP: file, accept, examine, approve, decide, deliver"
    early, late = [each.answered for each in few], [each.answered for each in many]
    return [
        Row(work, f"{CALLERS_OF_LIVES} callers", 100, "cases/s", early, note=f"{before:,} cases known", beside=few[-1].beside),
        Row("the same, when many cases are known", "when few were", 0.85, "cases/s", late, early, note=f"{after:,} cases known", beside=many[-1].beside),
    ]  # fmt: skip


def cases_known(box: BoxByCommand) -> int:
    """How many cases the city shows."""
    with box.city.client() as client:
        return sum(int(node["filed"]) for node in client.get("/hub/city").raise_for_status().json()["nodes"])


def pages(box: BoxByCommand, against: str, bar: float | None) -> Row:
    """Every page that a leader opens, warm: the slowest page's 95th percentile, in milliseconds."""
    with box.city.client() as client:
        case = next(row["case"] for row in client.get("/hub/city").raise_for_status().json()["recent"])
    shown = {**_pages_of(box.city, ("/city", "/network", f"/cases/{case}")), **_pages_of(box.county, ("/here", f"/cases/{case}"))}
    slowest = max(shown, key=lambda path: percentile(shown[path], 0.95))
    note = f"{slowest}; {cases_known(box):,} cases known"
    return Row(
        "page, p95, warm: the slowest", against, bar, "ms", [percentile(shown[slowest], 0.95)], lower=True, note=note, beside=beside({})
    )


def _pages_of(site: SiteOfBox, paths: Sequence[str]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    with httpx2.Client(base_url=site.address, follow_redirects=True, headers={"Accept": "text/html"}, timeout=30) as client:
        if site.passwords:
            site.sign_in(client)
        else:  # a box of an earlier checkout
            client.post("/sign-in", data={"token": site.tokens["leader"], "next": "/"}).raise_for_status()
        for path in paths:
            client.get(path).raise_for_status()
            for _ in range(PAGES):
                began = time.perf_counter()
                client.get(path).raise_for_status()
                found.setdefault(f"{site.code}{path}", []).append(1000 * (time.perf_counter() - began))
    return found


def starts(box: BoxByCommand, rounds: int) -> list[Row]:
    """The first start of a new box, then starts of the same box again; and what all its processes hold."""
    first = box.start()
    box.publish()
    quiet(box)
    warm = []
    for _ in range(rounds):
        box.stop()
        warm.append(box.start())
    held = Usage(box.pid).memory()
    note = ", ".join(f"{kind} {mib:.0f}" for kind, mib in sorted(held.items()))
    return [
        Row("one box: first start to first page", "packages are there", 90, "s", [first], lower=True, beside=beside({})),
        Row("one box: start to first page, warm", "–", 15, "s", warm, lower=True, beside=beside({})),
        Row("one box: memory of all processes (PSS)", "a city and a county", 1536, "MiB", [sum(held.values())], lower=True, note=note, beside=beside({})),
    ]  # fmt: skip
