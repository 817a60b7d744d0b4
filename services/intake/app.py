"""Intake, wired: streams of cases and of serials, the view, the routes, what is heard, and the keeping of blocks of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

from libs.eventlog import Claim, Codec, Subject
from libs.host import Context, Service
from libs.story import Part, Scene
from libs.workdays import Calendar
from services.intake import events
from services.intake.case import CASE
from services.intake.http import intake_router
from services.intake.http.acts import Putting
from services.intake.http.applicants import APPLYING
from services.intake.http.filing import FilingCounter, KnownProcedures
from services.intake.http.numbering import Numbering
from services.intake.inbox import hears
from services.intake.numbers import NUMBERS, SCOPE, claimed, parts
from services.intake.story import CaseOfStory
from services.intake.ticker import Keeper
from services.intake.views import cases_view

CODEC: Final = Codec("intake", get_args(events.Event))


def claims(event: events.Event) -> Sequence[Claim]:
    """A serial goes to a case or is voided, once, whoever commits first; a subject goes to one case. Other events claim nothing."""
    match event:
        case events.CaseFiled(case=case, applicants=applicants, imported=imported):
            _, year, serial = parts(case)
            subjects = () if imported else applicants
            return [*(Claim(SCOPE, key) for key in claimed(year, serial)), *(Claim(APPLYING, one.subject) for one in subjects)]
        case events.NumbersVoided(year=year, serials=serials):
            return [Claim(SCOPE, key) for key in claimed(year, *serials)]
        case _:
            return ()


def build(context: Context) -> Service:
    """The service intake over what the host gives it."""
    calendar, procedures = Calendar.load(), KnownProcedures(context)
    cases, serials = Subject(CASE, CODEC, claims=claims), Subject(NUMBERS, CODEC, claims=claims)
    numbering, keeper = Numbering(context, serials), Keeper(context, serials)
    counter = FilingCounter(Putting(context, cases, calendar), numbering, procedures)
    return Service(
        name="intake",
        router=intake_router(counter),
        views=(cases_view(CODEC),),
        hears=(hears(cases, calendar, procedures.forget),),
        opening=(keeper.begin,),
        tasks=(keeper.keep,),
        closing=(numbering.close, keeper.end),
    )


def tells(scene: Scene) -> Part:
    """Intake's part in a story."""
    return CaseOfStory(scene, Subject(CASE, CODEC)).part()
