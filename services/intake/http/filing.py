"""收件 over HTTP: the procedure in force is pinned, a number is given, the case is filed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

from fastapi import APIRouter, Response

from libs.authority import Grants
from libs.decider import Refused
from libs.eventlog import Claimed, Done, LogError, Unknown
from libs.forms import Form, Titles, Word
from libs.host import Context
from libs.web import CommandRoute, Envelope, add_commands, done_answer, hosted, unstored
from libs.workdays import Calendar
from services.intake.case.days import day_of
from services.intake.case.filing import File, Version, in_force
from services.intake.events import Applicant, Channel, Pinned
from services.intake.http.acts import Answer, Putting, Route
from services.intake.http.applicants import APPLYING, ApplicantDesk, Applicants, DuplicatesForm
from services.intake.http.numbering import Numbering
from services.intake.law import refused
from services.intake.views import versions

REMEMBER_SECONDS: Final = 5.0
"""For how many seconds a procedure's versions are not looked up again."""
Draft = Callable[..., File]
"""A filing that lacks `case`."""


class FilingAnswer(Answer):
    """The number of the case; `follow_code`: 查询码, to be given to the applicant with it. Empty: another was given in its place meanwhile."""

    follow_code: str


class Filing(Form):
    """What is handed over, for which item, by whom, and how it came. Who applies is kept by the vault before, and named by subject id."""

    item: Word
    channel: Channel
    applicants: Applicants = ()
    materials: Titles = ()
    duplicates: DuplicatesForm | None = None


FILING: Final = Route(File, Filing)
"""收件: not done on a case, but the beginning of one."""


class KnownProcedures:
    """The procedures known at this site's nodes, as the view has them, or had them some seconds ago: a version never changes, and where a
    new one is heard in this process it is looked up at once.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[tuple[str, str], tuple[float, list[Version]]] = {}

    async def pin(self, node: str, item: str, at: datetime, *, imported: bool = False) -> Pinned:
        """The procedure in force for `node` at `at`, its own before its parents'. Raises `Refused`."""
        return in_force(await self._versions(node, item), day_of(at), imported=imported)

    def forget(self) -> None:
        """Has procedures looked up anew: something was heard of them. What is being looked up now may lack it, and is not remembered either."""
        self._known = {}

    async def _versions(self, node: str, item: str) -> list[Version]:
        now, remembered = asyncio.get_running_loop().time(), self._known
        until, known = remembered.get((node, item), (0.0, []))
        if now >= until:
            known = await versions(self._context.pool, self._context.site.line(node), item)
            if known:
                remembered[node, item] = (now + REMEMBER_SECONDS, known)
        return known


class FilingCounter:
    """Where cases are filed under new numbers."""

    def __init__(self, putting: Putting, numbering: Numbering, procedures: KnownProcedures) -> None:
        self.putting, self.procedures, self._numbering = putting, procedures, numbering
        self.applicants = ApplicantDesk(putting.context)

    async def file(self, node: str, at: datetime, by: Envelope, draft: Draft) -> tuple[str, Done]:
        """Files the draft: the number of the case, and where the log stands. A repeated request gets the number of the first.

        Raises `Refused` or `LogError`.
        """
        while (filed := await self._file(await self._numbering.take(node, day_of(at)), by, draft)) is None:
            pass
        return filed

    async def _file(self, case: str, by: Envelope, draft: Draft) -> tuple[str, Done] | None:
        """Files the draft under the number; None: the number was voided meanwhile, and another one has to be taken."""
        try:
            done = await self.putting.put(draft(case=case), by)
        except Claimed as taken:
            if taken.scope == APPLYING:
                self._numbering.give_back(case)
                raise refused("subject-used") from taken
            self._numbering.lost(case, taken)
            return None
        except Unknown:
            self._numbering.doubt(case)
            raise
        except (Refused, LogError):
            self._numbering.give_back(case)
            raise
        except BaseException:  # cancelled, above all: whether the case was filed nobody knows
            self._numbering.doubt(case)
            raise
        if done.repeated:
            self._numbering.give_back(case)
        return done.events[0].subject, done


def add_filing(router: APIRouter, counter: FilingCounter) -> None:
    """Adds `POST /nodes/{node}/cases`."""
    context = counter.putting.context

    async def file(by: Envelope, node: str, form: Filing) -> Response:
        now = context.now()
        pinned = await counter.procedures.pin(hosted(context.site, node), form.item, now)
        calendar = counter.putting.calendar
        draft = draft_of(form, node, pinned, officer=by.actor, grants=by.account.grants, at=now, calendar=calendar)
        async with counter.applicants.meet(node, form.item, applicants_of(form)) as met:
            case, done = await counter.file(node, now, by, partial(draft, known=met.known, open_cases=met.open_cases))
            met.filed(case)
        vault = context.around.vault
        code = await vault.follow_code(case) if done.repeated else vault.first_code(case)
        return unstored(done_answer(done, 201, case=case, follow_code=code))

    row = CommandRoute(path="/nodes/{node}/cases", name="File", act=FILING.act, does=file, form=Filing, status=201, answers=FilingAnswer)
    add_commands(router, [row])


def draft_of(form: Filing, node: str, pinned: Pinned, *, officer: str, grants: Grants, at: datetime, calendar: Calendar) -> Draft:
    """The filing that a form asks for, under the procedure pinned."""
    asked = partial(File, node=node, officer=officer, grants=grants, at=at, calendar=calendar)
    duplicates = form.duplicates.cases if form.duplicates else ()
    reasons = form.duplicates.reason if form.duplicates else ""
    said = partial(asked, pinned=pinned, channel=form.channel, materials=form.materials)
    return partial(said, applicants=applicants_of(form), duplicates=duplicates, reasons=reasons)


def applicants_of(form: Filing) -> tuple[Applicant, ...]:
    """Who is named in the form, as the case knows them."""
    return tuple(one.applicant() for one in form.applicants)
