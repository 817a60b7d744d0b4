"""The whole way over HTTP, in the real box: command → log → site topic → deadline → link → city stream → the hub's view."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from typing import Any, Final

import httpx2
import psutil

from services.onebox import Door, OneBox, SiteOfBox, publish
from tests.bench.report import Row

CALLERS: Final = 64
ITEM: Final = {"item": "LD-511A-0001", "channel": "counter", "materials": []}


def verified(city: httpx2.Client) -> int:
    """Events the city shows."""
    return sum(feed["verified"] for feed in city.get("/hub/feeds").json())


class Load:
    """File and accept cases at the county's nodes; every command its own key."""

    def __init__(self, site: SiteOfBox, mark: str) -> None:
        self.site, self.mark = site, mark
        self.count = 0
        self.last: list[dict[str, Any]] = []

    async def one(self, client: httpx2.AsyncClient, n: int) -> dict[str, Any]:
        node = self.site.nodes[n % len(self.site.nodes)]["code"]
        headers = {"Idempotency-Key": f"{self.mark}:{n}"}
        answer = await client.post(f"/intake/nodes/{node}/cases", json=ITEM, headers=headers)
        answer.raise_for_status()
        self.count += 1
        found: dict[str, Any] = answer.json()
        return found

    def client(self) -> httpx2.AsyncClient:
        limits = httpx2.Limits(max_connections=CALLERS, max_keepalive_connections=CALLERS)
        token = self.site.tokens["clerk"]
        return httpx2.AsyncClient(base_url=self.site.address, headers={"Authorization": f"Bearer {token}"}, limits=limits, timeout=30)


async def flat_out(box: OneBox, seconds: float) -> Row:
    """As many commands as the callers get answered; counted is what the city has verified when the time is over."""
    load = Load(box.site("511525"), f"flat-{time.time_ns()}")
    numbers = iter(range(10**9))
    with box.city.client() as city:
        before, began = verified(city), time.perf_counter()
        async with load.client() as client:

            async def caller() -> None:
                for n in numbers:
                    if time.perf_counter() - began > seconds:
                        return
                    await load.one(client, n)

            await asyncio.gather(*(caller() for _ in range(CALLERS)))
        took = time.perf_counter() - began
        shown = verified(city) - before
        await asyncio.to_thread(_quiet, city)
    note = f"{load.count / took:,.0f} commands/s answered; load made on the same 2 cores"
    return Row("whole way over HTTP, flat out", "events/s visible at the city", 2500, "events/s", [shown / took], note=note)


def _quiet(city: httpx2.Client) -> None:
    before = -1
    while (now := verified(city)) != before:
        before = now
        time.sleep(1.0)


async def at_rate(box: OneBox, rate: int, seconds: float, *, probe: bool) -> tuple[list[float], float]:
    """Commands at fixed moments, whether answers come or not: (ms from command to the city's view, share of the machine's CPU in %)."""
    load, waits, usage = Load(box.site("511525"), f"rate-{rate}-{time.time_ns()}"), list[float](), Usage(box)
    token = box.city.tokens["operator"]
    async with load.client() as client, httpx2.AsyncClient(base_url=box.city.address, headers={"Authorization": f"Bearer {token}"}) as city:

        async def timed(n: int) -> None:
            sent = time.perf_counter()
            position = (await load.one(client, n))["position"]
            if probe and n % 10 == 0:
                query = {"source": position["source"], "sequence": position["sequence"], "timeout": 10}
                reached = (await city.get("/hub/wait", params=query)).raise_for_status().json()["reached"]
                assert reached, "the city did not verify it in time"
                waits.append(1000 * (time.perf_counter() - sent))

        began, tasks = time.perf_counter(), []
        usage.begin()
        for n in range(int(rate * seconds)):
            await asyncio.sleep(max(began + n / rate - time.perf_counter(), 0))
            tasks.append(asyncio.create_task(timed(n)))
        await asyncio.gather(*tasks)
        return waits, usage.share()


class Usage:
    """CPU of PostgreSQL, Kafka and both sites together."""

    def __init__(self, box: OneBox) -> None:
        roots = [site.process.pid for site in box.sites if site.process] + [pid for pid in (box.postgres.pid, box.kafka.pid) if pid]
        self._processes = [psutil.Process(pid) for pid in roots]
        self._before, self._began = 0.0, 0.0

    def _total(self) -> float:
        every = [p for root in self._processes for p in (root, *root.children(recursive=True))]
        return sum(sum(p.cpu_times()[:4]) for p in every if p.is_running())

    def begin(self) -> None:
        self._before, self._began = self._total(), time.perf_counter()

    def share(self) -> float:
        return 100 * (self._total() - self._before) / (time.perf_counter() - self._began) / (psutil.cpu_count() or 1)


async def whole_way(box: OneBox, rounds: int, seconds: float, say: Callable[[str], None]) -> list[Row]:
    """All three figures; the box is warmed by a first short load."""
    with Door(box.site("511525"), "bench") as door:
        await asyncio.to_thread(publish, door, "511525")
    await flat_out(box, 3)
    rows = [await flat_out(box, seconds)]
    say(rows[0].line())
    latencies: list[float] = []
    for rate in (250, 1000):
        waits, share = await at_rate(box, rate, min(seconds, 15), probe=True)
        ordered = sorted(waits)
        p50, p99 = statistics.median(ordered), ordered[int(len(ordered) * 0.99) - 1]
        latencies.append(p99)
        bar = 100.0
        rows.append(Row(f"command → hub view at {rate}/s, p99", f"p50 {p50:,.0f} ms", bar, "ms", [p99], lower=True))
        if rate == 250:
            rows.append(Row("all processes together at 250/s", "the machine", 40, "%", [share], lower=True))
        say(rows[-1].line())
    return rows
