"""What all of intake's routes share: numbers given out, the procedure pinned, the act appended."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import uuid4

import msgspec
from fastapi import HTTPException
from stdnum.iso7064 import mod_11_10

from libs.decider import Refused
from libs.eventlog import Decision, Done, LogError, Subject, Unknown
from libs.host import Context
from libs.telemetry import current_traceparent
from libs.wire import Recorded
from libs.workdays import Calendar
from services.intake.case_commands import Command, File
from services.intake.case_limits import day_of
from services.intake.case_state import Case
from services.intake.events import CaseEvent, NumberEvent, NumbersLeased, Pinned
from services.intake.numbers import Command as NumberCommand
from services.intake.numbers import LeaseNumbers, Serials, parts, stream, unchecked
from services.intake.views import procedure_versions

BLOCK: Final = 50
REMEMBER_SECONDS: Final = 1.0
"""For how long a procedure's versions are not looked up again."""
LARGEST: Final = 1600
"""A block that was used up within a second is followed by one of twice its size, up to this."""

Cases = Subject[Command, Case, CaseEvent]
NumberSubject = Subject[NumberCommand, Serials, NumberEvent]


def case_number(node: str, filed: date, serial: int) -> str:
    """The number with its check digit: ISO 7064 MOD 11,10 over all digits before it."""
    text = unchecked(node, filed, serial)
    return f"{text}-{mod_11_10.calc_check_digit(text.replace('-', ''))}"


class Numbers:
    """Gives out case numbers of this process, leasing serials from the node's log as they are needed."""

    def __init__(self, context: Context, subject: NumberSubject) -> None:
        self._context, self._subject = context, subject
        self._free: defaultdict[tuple[str, int], deque[int]] = defaultdict(deque)
        self._locks: defaultdict[tuple[str, int], asyncio.Lock] = defaultdict(asyncio.Lock)
        self._last: dict[tuple[str, int], tuple[float, int]] = {}

    async def take(self, node: str, filed: date) -> str:
        """A number nobody else has. Raises `KeyError` for a node not hosted here, `Refused("numbers-used-up")`, `LogError`."""
        free = self._free[node, filed.year]
        while not free:
            async with self._locks[node, filed.year]:
                if not free:
                    free.extend(await self._lease(node, filed.year))
        return case_number(node, filed, free.popleft())

    def give_back(self, case: str) -> None:
        """The number was not used after all; the next case gets its serial."""
        node, year, serial = parts(case)
        self._free[node, year].appendleft(serial)

    async def _lease(self, node: str, year: int) -> range:
        now = asyncio.get_running_loop().time()
        when, size = self._last.get((node, year), (now - 2.0, BLOCK))
        size = min(size * 2, LARGEST) if now - when < 1.0 else BLOCK
        command = LeaseNumbers(year=year, size=size, process=self._context.process, at=self._context.now())
        act = self._subject.act(stream(year), command, actor="system:intake")
        done = await self._context.logs.of(node).append(msgspec.structs.replace(act, decide=_answering(act.decide)))
        self._last[node, year] = now, size
        leased = msgspec.json.decode(done.answer, type=NumbersLeased)
        return range(leased.first, leased.last + 1)


def _answering(decide: Callable[[Sequence[Recorded]], Decision]) -> Callable[[Sequence[Recorded]], Decision]:
    """The same decision, answered with its event: which serials were leased."""

    def answer(stream: Sequence[Recorded]) -> Decision:
        decision = decide(stream)
        return msgspec.structs.replace(decision, answer=decision.events[0].data)

    return answer


@dataclass(frozen=True, slots=True)
class Said:
    """How an act was asked for: by whom, under which key and body digest, against which version."""

    actor: str
    key: str
    digest: str
    expected: int | None = None


class Desk:
    """Puts commands to cases of the nodes of this site."""

    def __init__(self, context: Context, cases: Cases, numbers: Numbers, calendar: Calendar) -> None:
        self.context, self.cases, self.numbers, self.calendar = context, cases, numbers, calendar
        self._known: dict[tuple[str, str], tuple[float, list[tuple[date, Pinned]]]] = {}

    def hosted(self, node: str) -> str:
        """`node`, when this site hosts it; else 404."""
        if not self.context.site.line(node):
            raise HTTPException(404)
        return node

    async def pin(self, node: str, item: str, at: datetime, *, imported: bool = False) -> Pinned:
        """The procedure in force for `node` at `at`, its own before its parents'. Raises `Refused`.

        A case of another system's record that is older than every version here gets the earliest: its own was never published here.
        """
        versions = await self._versions(node, item)
        if not versions:
            raise Refused("unknown-item", "没有这个事项，或者尚未公布实施办法（P-pinned-procedure）")
        found = next((pinned for effective, pinned in versions if effective <= day_of(at)), None)
        if found is None and imported:
            return min(versions, key=lambda version: version[0])[1]
        if found is None:
            raise Refused("not-in-force", "收件之日该事项尚无生效的实施办法（P-pinned-procedure）")
        return found

    def forget(self) -> None:
        """Something new was heard of procedures."""
        self._known.clear()

    async def _versions(self, node: str, item: str) -> list[tuple[date, Pinned]]:
        """As the view has them, or had them a second ago: a version never changes, and a new one is heard later than that anyway."""
        now = asyncio.get_running_loop().time()
        until, versions = self._known.get((node, item), (0.0, []))
        if now >= until:
            versions = await procedure_versions(self.context.pool, self.context.site.line(node), item)
            if versions:
                self._known[node, item] = (now + REMEMBER_SECONDS, versions)
        return versions

    async def put(self, command: Command, said: Said, answer: bytes = b"") -> Done:
        """Decide and write. Raises `Refused` or `LogError`."""
        act = self.cases.act(
            command.case,
            command,
            actor=said.actor,
            answer=answer,
            key=said.key,
            digest=said.digest,
            expected=said.expected,
            traceparent=current_traceparent(),
        )
        return await self.context.logs.of(parts(command.case)[0]).append(act)

    async def file(self, node: str, at: datetime, said: Said, filing: Callable[..., File]) -> tuple[str, Done]:
        """Files a case under a new number; `filing` gets `case` and `applicant`. Repeated: the number it got the first time."""
        case = await self.numbers.take(node, day_of(at))
        try:
            done = await self.put(filing(case=case, applicant=f"subj-{uuid4()}"), said, answer=case.encode())
        except Unknown:
            raise  # perhaps the number is used: it is looked up at the next start
        except (Refused, LogError):
            self.numbers.give_back(case)
            raise
        if done.repeated:
            self.numbers.give_back(case)
        return done.answer.decode(), done
