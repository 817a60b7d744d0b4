"""The deadline service, wired: streams of clocks, their view, what is heard, the routes, and the loop that lets them speak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

from libs.eventlog import Claim, Codec, Subject
from libs.host import Context, Service
from libs.story import Part, Scene
from libs.workdays import Calendar, Calendars
from services.deadline import events
from services.deadline.clock import Command, State, clock_decider
from services.deadline.clock.rungs import claimed
from services.deadline.http import deadline_router
from services.deadline.inbox import hears
from services.deadline.story import ClocksOfStory
from services.deadline.ticker import REAL, Ticker
from services.deadline.views import clocks_view, overdue_for_a_tick

CODEC: Final = Codec("deadline", get_args(events.Event))


def claims(event: events.Event) -> Sequence[Claim]:
    """The claim of a rung, so that it is said once per generation, whoever asks; other events claim nothing."""
    rung = claimed(event)
    return [Claim("rung", rung)] if rung else []


def subject(calendar: Calendar) -> Subject[Command, State, events.Event]:
    """Clocks as streams of the log, with the rules under `calendar`."""
    return Subject(clock_decider(calendar), CODEC, claims=claims)


def build(context: Context) -> Service:
    """Builds the deadline service over what the host gives it."""
    calendars = Calendars.shipped()
    clocks = subject(calendars.current)
    ticker = Ticker(context, clocks)

    async def overdue() -> int:
        return await overdue_for_a_tick(context.pool, context.now())

    async def beyond_calendar() -> int:
        return ticker.aside.beyond(REAL)

    async def failed() -> int:
        return ticker.aside.failed(REAL)

    return Service(
        name="deadline",
        router=deadline_router(context, CODEC, calendars, ticker),
        views=(clocks_view(CODEC),),
        hears=(hears(clocks),),
        tasks=(ticker.keep_ticking,),
        needs=(ticker.time.well,),
        status={
            "clocks_overdue": overdue,
            "clocks_beyond_calendar": beyond_calendar,
            "clocks_failed": failed,
            "time_in_doubt": ticker.time.in_doubt,
        },
    )


def tells(scene: Scene) -> Part:
    """The part of the deadline service in a story."""
    return ClocksOfStory(scene, subject(scene.calendar)).part()
