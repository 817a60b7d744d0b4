"""The load, in a process of its own (`python -m tests.bench.traffic`): an order comes in, commands go out, a report comes back.

At a rate every command is sent at its due moment, whether others were answered or not, and its latency counts from that moment.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from itertools import count
from typing import Final

import msgspec
import uvloop

from libs.vault import made_up_person
from tests.bench.aside import tell
from tests.bench.figures import Mark, due_moments
from tests.bench.line import Line, connected, request


class Step(msgspec.Struct, frozen=True):
    """An act of a case's life: who does it, which, with what body."""

    who: str
    act: str
    body: bytes


class Order(msgspec.Struct, frozen=True):
    """What to send. `rate` commands a second; 0: as many as `callers` get answered. `life`: what follows a filing, in order. So many
    `applicants` are kept by the vault before the clock runs; whoever files behind them has theirs kept first.
    """

    port: int
    tokens: dict[str, str]
    nodes: list[str]
    filing: bytes
    mark: str
    seconds: float
    rate: float = 0.0
    callers: int = 64
    life: tuple[Step, ...] = ()
    applicants: int = 0


class Report(msgspec.Struct):
    """What came of it: filings (or whole lives) answered, from when to when (monotonic), ms from due to answer, each command's place, faults."""

    began: float
    ended: float
    answered: int
    latencies: list[float]
    marks: list[Mark]
    faults: dict[str, int]
    cpu: float


class _Position(msgspec.Struct):
    source: str
    sequence: int


class _Answer(msgspec.Struct):
    position: _Position
    case: str = ""


class _Kept(msgspec.Struct):
    subject: str


_read: Final = msgspec.json.Decoder(_Answer).decode


class Traffic:
    """Callers over lines that stay open."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.report = Report(0.0, 0.0, 0, [], [], {}, 0.0)
        self._faults: Counter[str] = Counter()
        self._numbers, self._people = count(), count()
        self._kept: dict[int, str] = {}
        self._due: asyncio.Queue[float | None] = asyncio.Queue()

    async def run(self) -> Report:
        """All of the order."""
        lines = [await connected(self.order.port) for _ in range(self.order.callers)]
        await asyncio.gather(*(self._keep(line) for line in lines))
        self.report.began = time.monotonic()
        pacing = asyncio.ensure_future(self._pace())
        await asyncio.gather(*(self._caller(line) for line in lines))
        await pacing
        self.report.ended = time.monotonic()
        self.report.faults, self.report.cpu = dict(self._faults), time.process_time()
        return self.report

    async def _keep(self, line: Line) -> None:
        """Has people kept by the vault, as long as there are too few. Each files at the node whose turn it is."""
        while (n := next(self._people)) < self.order.applicants:
            self._kept[n] = await self._applicant(line, n)

    async def _applicant(self, line: Line, n: int) -> str:
        order, mark = self.order, f"{self.order.mark}:person:{n}"
        path, body = f"/vault/nodes/{order.nodes[n % len(order.nodes)]}/subjects", msgspec.json.encode(made_up_person(mark))
        status, answer = await line.ask(request("POST", path, order.tokens["clerk"], mark, body))
        if status != 201:
            raise OSError(f"{status} {answer[:120].decode(errors='replace')}")
        return msgspec.json.decode(answer, type=_Kept).subject

    async def _pace(self) -> None:
        """Puts each command on the desk at the moment it is due."""
        if not self.order.rate:
            return
        for due in due_moments(self.report.began, self.order.rate, self.order.seconds):
            if (early := due - time.monotonic()) > 0:
                await asyncio.sleep(early)
            self._due.put_nowait(due)
        for _ in range(self.order.callers):
            self._due.put_nowait(None)

    async def _next(self) -> AsyncIterator[float]:
        """When this caller's commands are due, one after the other."""
        if self.order.rate:
            while (due := await self._due.get()) is not None:
                yield due
        else:
            while (now := time.monotonic()) < self.report.began + self.order.seconds:
                yield now

    async def _caller(self, line: Line) -> None:
        async for due in self._next():
            try:
                if not line.open:
                    line = await connected(self.order.port)
                await self._one(line, next(self._numbers), due)
            except OSError as fault:
                self._faults[f"{type(fault).__name__}: {fault}"] += 1
                line.close()
        line.close()

    async def _one(self, line: Line, n: int, due: float) -> None:
        """Files a case, and lets it live where the order says so; counted when all of it was answered."""
        case, applicant = "", self._kept.pop(n, "") or await self._applicant(line, n)
        for number, asked in enumerate(self._requests(n, applicant)):
            status, body = await line.ask(asked.replace(b"{case}", case.encode(), 1) if number else asked)
            if status not in (200, 201):
                self._faults[f"{status} {body[:120].decode(errors='replace')}"] += 1
                return
            answer = _read(body)
            case = case or answer.case
            self.report.marks.append((due, answer.position.source, answer.position.sequence))
        self.report.answered += 1
        self.report.latencies.append(1000 * (time.monotonic() - due))

    def _requests(self, n: int, applicant: str) -> Iterator[bytes]:
        order, key = self.order, f"{self.order.mark}:{n}"
        filing = b'%b,"applicants":[{"subject":"%b"}]}' % (order.filing[:-1], applicant.encode())
        yield request("POST", f"/intake/nodes/{order.nodes[n % len(order.nodes)]}/cases", order.tokens["clerk"], key, filing)
        for number, step in enumerate(order.life):
            yield request("POST", f"/intake/cases/{{case}}/{step.act}", order.tokens[step.who], f"{key}:{number}", step.body)


if __name__ == "__main__":
    told = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Order)
    tell(uvloop.run(Traffic(told).run()))
