"""The deadline service, wired: streams of clocks, their view, what is heard, the routes, and the loop that lets them speak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, get_args

from libs.eventlog import Claim, Codec, Subject
from libs.host import Context, Service
from libs.workdays import Calendar
from services.deadline import events
from services.deadline.clock import clock_decider
from services.deadline.events import ClockRed, ClockReminded, ClockYellow, SilenceNoticed
from services.deadline.http import deadline_router
from services.deadline.http_desk import Clocks, Desk
from services.deadline.inbox import hears
from services.deadline.views import clocks_view, overdue_for_a_tick

CODEC: Final = Codec("deadline", get_args(events.Event))


def claims(event: events.Event) -> Sequence[Claim]:
    """A rung is said once per generation, whoever asks."""
    match event:
        case ClockReminded():
            return [Claim("rung", f"{event.clock}|reminder|{event.generation}|0")]
        case ClockYellow():
            return [Claim("rung", f"{event.clock}|yellow|{event.generation}|0")]
        case ClockRed():
            return [Claim("rung", f"{event.clock}|red|{event.generation}|{event.overdue}")]
        case SilenceNoticed():
            return [Claim("rung", f"{event.clock}|silence|0|0")]
        case _:
            return []


def subject(calendar: Calendar) -> Clocks:
    """Clocks as streams."""
    return Subject(clock_decider(calendar), CODEC, claims=claims)


def build(context: Context) -> Service:
    """The service over what the host gives it."""
    calendar = Calendar.load()
    clocks = subject(calendar)
    desk = Desk(context, clocks, calendar)

    async def overdue() -> int:
        return await overdue_for_a_tick(context.pool, context.now())

    return Service(
        name="deadline",
        router=deadline_router(desk),
        views=(clocks_view(CODEC),),
        hears=(hears(clocks),),
        tasks=(desk.keep_ticking,),
        status={"clocks_overdue": overdue},
    )
