"""Intake, wired: streams of cases and of serials, the view, the routes, what is heard, and the voiding of what a dead process left over."""

from __future__ import annotations

from functools import partial
from typing import Final, get_args

from libs.eventlog import Codec, Subject
from libs.host import Context, Service
from libs.story import Part, Scene
from libs.workdays import Calendar
from services.intake import events
from services.intake.case import CASE
from services.intake.http import intake_router
from services.intake.http.acts import Putting
from services.intake.http.filing import FilingCounter, KnownProcedures
from services.intake.http.numbering import Numbering
from services.intake.inbox import hears
from services.intake.numbers import NUMBERS
from services.intake.story import CaseOfStory
from services.intake.ticker import settle
from services.intake.views import cases_view

CODEC: Final = Codec("intake", get_args(events.Event))


def build(context: Context) -> Service:
    """The service intake over what the host gives it."""
    calendar, procedures = Calendar.load(), KnownProcedures(context)
    cases, serials = Subject(CASE, CODEC), Subject(NUMBERS, CODEC)
    counter = FilingCounter(Putting(context, cases, calendar), Numbering(context, serials), procedures)
    return Service(
        name="intake",
        router=intake_router(counter),
        views=(cases_view(CODEC),),
        hears=(hears(cases, calendar, procedures.forget),),
        tasks=(partial(settle, context, serials),),
    )


def tells(scene: Scene) -> Part:
    """Intake's part in a story."""
    return CaseOfStory(scene, Subject(CASE, CODEC)).part()
