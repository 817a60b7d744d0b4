"""Intake, wired: streams of cases and of serials, the view, the routes, what is heard, and the voiding of what a dead process left over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, get_args

import msgspec
import structlog
from fastapi import APIRouter

from libs.bus import Effect, Hears
from libs.eventlog import Codec, Subject
from libs.host import Context, Service
from libs.views import Connection
from libs.wire import Recorded
from libs.workdays import Calendar
from services.intake import events
from services.intake.case import CASE
from services.intake.http import case_router
from services.intake.http_desk import Desk, Numbers, NumberSubject
from services.intake.http_imports import imports_router
from services.intake.inbox import ACTOR, hears
from services.intake.numbers import NUMBERS, VoidNumbers, stream
from services.intake.views import CASES, cases_view, unused_serials

CODEC: Final = Codec("intake", get_args(events.Event))
_log = structlog.get_logger("intake")


def build(context: Context) -> Service:
    """The service over what the host gives it."""
    calendar = Calendar.load()
    cases, serials = Subject(CASE, CODEC), Subject(NUMBERS, CODEC)
    desk = Desk(context, cases, Numbers(context, serials), calendar)
    router = APIRouter()
    router.include_router(case_router(desk))
    router.include_router(imports_router(desk))
    return Service(
        name="intake",
        router=router,
        views=(cases_view(CODEC),),
        hears=(_telling(hears(cases, calendar), desk.forget),),
        tasks=(partial(settle, context, serials),),
    )


def _telling(heard: Hears, tell: Callable[[], None]) -> Hears:
    """The same consumer, and `tell` after every batch."""

    async def apply(connection: Connection, events: Sequence[Recorded]) -> Sequence[Effect]:
        effects = await heard.apply(connection, events)
        tell()
        return effects

    return msgspec.structs.replace(heard, apply=apply)


async def settle(context: Context, serials: NumberSubject) -> None:
    """Voids, once at the start, the serials that ended processes leased and did not use; the view has to know all their cases first."""
    for head in await context.logs.heads():
        while head.sequence and not await context.current(CASES, head):
            _log.info("intake.settling_waits", source=head.source)
    for left in await unused_serials(context.pool, context.process):
        command = VoidNumbers(year=left.year, process=left.process, unused=left.serials, at=context.now())
        act = serials.act(stream(left.year), command, actor=ACTOR)
        await context.logs.of(left.node).append(act)
        _log.info("intake.numbers_voided", node=left.node, year=left.year, process=left.process, serials=len(left.serials))
