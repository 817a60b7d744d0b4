"""Another system's record, worked through as commands: each case's acts in their order, at their own time, each once (decision 0010)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from itertools import count
from typing import Annotated, Final, TypedDict
from uuid import uuid4

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from libs.decider import Refused
from libs.eventlog import Done
from libs.forms import Form, Moment, Staff, Title, Word
from libs.web import Account, CommandRoute, Envelope, PositionAnswer, add_commands, answer, hosted, require
from libs.workdays import Calendar
from services.intake.case import Command
from services.intake.case.days import day_of
from services.intake.case.decision import Decide
from services.intake.case.ending import Close
from services.intake.case.filing import File
from services.intake.case.finishing import FinishStep
from services.intake.case.imported import must_have_happened
from services.intake.case.words import refuse_number_in
from services.intake.events import Applicant, Channel, Instants, Outcome, Pinned, StepRole
from services.intake.http.filing import Draft, FilingCounter
from services.intake.views import replayed

Importer = Annotated[Account, Depends(require("intake.read-replay"))]
MAX_IMPORT: Final = 2 * 1024 * 1024
"""Bytes of one request: 200 cases of a hundred acts each."""


class Taken(TypedDict):
    """What every command taken from another system's record says."""

    case: str
    officer: str
    at: datetime
    calendar: Calendar
    imported: bool


Pins = dict[tuple[str, date], Pinned]


class ImportedAct(Form):
    """Who did an act of the record, and when."""

    at: Moment
    officer: Staff


class ImportedFiling(ImportedAct):
    """When and by whom materials were taken; the limits as instants (inclusive), where the other system's record has them."""

    promised: Moment | None = None
    statutory: Moment | None = None


class ImportedActivity(ImportedAct):
    """An activity of the record, as a step."""

    name: Title
    role: StepRole = StepRole.WORK


class ImportedCase(Form):
    """A case of another system's record; `ref` is its name there."""

    ref: Word
    item: Word
    channel: Channel
    filed: ImportedFiling
    steps: Annotated[tuple[ImportedActivity, ...], Field(max_length=1000, fail_fast=True)] = ()
    """Of those that are wrong the first is told: there may be 200,000."""
    decided: ImportedAct | None = None
    closed: ImportedAct | None = None

    @property
    def done(self) -> list[ImportedAct]:
        """Every act of the record."""
        return [self.filed, *self.steps, *(act for act in (self.decided, self.closed) if act is not None)]


class ImportedCases(Form):
    """At most 200 cases of the log named `log`; `timeline` names the virtual time their clocks live in."""

    log: Word
    timeline: Word
    cases: Annotated[tuple[ImportedCase, ...], Field(min_length=1, max_length=200)]


class Imported(BaseModel):
    """How many cases and acts an import took; `repeated` acts had been taken before."""

    cases: int
    acts: int
    repeated: int
    position: PositionAnswer


class ReplayedCases(BaseModel):
    """How many cases of a log there are, and are closed."""

    cases: int
    closed: int


class ReplayedLog(BaseModel):
    """A log's cases, node by node."""

    nodes: dict[str, ReplayedCases]


def add_imports(router: APIRouter, counter: FilingCounter) -> None:
    """Adds imports, which may be stopped anywhere and sent again, nothing being taken twice; and what became of a log's cases."""
    context = counter.putting.context

    async def imports(by: Envelope, node: str, form: ImportedCases) -> Response:
        refuse_number_in(form.log)  # the keys of its acts are made of it, and kept for ever
        happened(form.cases, context.now())
        pinned = await pins(counter, hosted(context.site, node), form.cases)
        done = await Import(counter, node, form, by.account, pinned).run()
        last = max((one.position for one in done), key=lambda position: (position.epoch, position.sequence))
        return answer({"cases": len(form.cases), "acts": len(done), "repeated": sum(one.repeated for one in done), "position": last})

    row = CommandRoute(
        path="/nodes/{node}/imports",
        name="Import",
        act="intake.import-cases",
        does=imports,
        form=ImportedCases,
        answers=Imported,
        keyed=False,
        max_body=MAX_IMPORT,
    )
    add_commands(router, [row])

    @router.get("/replay", response_model=ReplayedLog)
    async def replay(log: Annotated[Word, Query()], account: Importer) -> Response:
        async with context.reading(account) as rows:
            return answer({"nodes": await replayed(rows, log)})


def happened(cases: Iterable[ImportedCase], now: datetime) -> None:
    """Raises `Refused` for the first case with an act that is still to come, before anything is written; limits may lie ahead."""
    for case in cases:
        try:
            for act in case.done:
                must_have_happened(act.at, now)
        except Refused as no:
            raise no.about(case.ref) from no


async def pins(counter: FilingCounter, node: str, cases: Iterable[ImportedCase]) -> Pins:
    """The procedure each case ran under, looked up once per item and day. Raises `Refused` before anything is written."""
    wanted = {(case.item, day_of(case.filed.at)): case for case in cases}
    return {key: await counter.procedures.pin(node, case.item, case.filed.at, imported=True) for key, case in wanted.items()}


class Import:
    """The cases of one request side by side, the acts of each one after the other."""

    def __init__(self, counter: FilingCounter, node: str, form: ImportedCases, account: Account, pinned: Pins) -> None:
        self._counter, self._node, self._form, self._account, self._pinned = counter, node, form, account, pinned
        self._came = counter.putting.context.now()

    async def run(self) -> list[Done]:
        """Works through every case. Raises the first refusal or fault, after every other case has come as far as it can."""
        results = await asyncio.gather(*(self._case(case) for case in self._form.cases), return_exceptions=True)
        done: list[Done] = []
        for result in results:
            if isinstance(result, BaseException):
                raise result
            done.extend(result)
        return done

    async def _case(self, given: ImportedCase) -> list[Done]:
        keys = (f"import:{self._form.log}:{given.ref}:{n}" for n in count())
        try:
            draft = draft_of(given, self._form.timeline, self._node, self._pin(given), self._counter.putting.calendar, self._came)
            number, filed = await self._counter.file(self._node, given.filed.at, self._by(next(keys), given.filed), draft)
            done = [filed]
            for command, part in acts(number, given, self._counter.putting.calendar):
                done.append(await self._counter.putting.put(command, self._by(next(keys), part)))
            return done
        except Refused as no:
            raise no.about(given.ref) from no

    def _by(self, key: str, part: BaseModel) -> Envelope:
        """The digest leaves out who sends: another operator may send the rest. No key of a person is taken, nor taken by one."""
        return Envelope(self._account, key, sha256(part.model_dump_json().encode()).hexdigest(), None, scope="import")

    def _pin(self, given: ImportedCase) -> Pinned:
        return self._pinned[given.item, day_of(given.filed.at)]


def draft_of(given: ImportedCase, timeline: str, node: str, pinned: Pinned, calendar: Calendar, came: datetime) -> Draft:
    """The filing of a case of the record, which comes here at `came`; it lives in `timeline`, with the limits that it gives as instants."""
    filed = given.filed
    return partial(
        File,
        node=node,
        pinned=pinned,
        channel=given.channel,
        applicants=(Applicant(subject=f"subj-{uuid4()}"),),
        materials=(),
        officer=filed.officer,
        at=filed.at,
        calendar=calendar,
        instants=Instants(timeline=timeline, promised=filed.promised, statutory=filed.statutory),
        ref=given.ref,
        came=came,
        imported=True,
    )


def acts(case: str, given: ImportedCase, calendar: Calendar) -> Iterator[tuple[Command, BaseModel]]:
    """The commands of what happened after filing, in the order of the record, each with the part of the record it was made from."""
    for step in given.steps:
        yield FinishStep(**_taken(case, step, calendar), name=step.name, role=step.role), step
    if given.decided is not None:
        yield Decide(**_taken(case, given.decided, calendar), outcome=Outcome.NOT_STATED, document=""), given.decided
    if given.closed is not None:
        yield Close(**_taken(case, given.closed, calendar)), given.closed


def _taken(case: str, part: ImportedAct, calendar: Calendar) -> Taken:
    return {"case": case, "officer": part.officer, "at": part.at, "calendar": calendar, "imported": True}
