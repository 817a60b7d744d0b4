"""What intake does of itself, at its start: the serials of case numbers that ended processes leased and did not use are voided."""

from __future__ import annotations

from typing import Final

import structlog

from libs.eventlog import Subject
from libs.host import Context
from services.intake.case.act import SYSTEM
from services.intake.events import NumberEvent
from services.intake.numbers import Command, Serials, VoidNumbers, stream
from services.intake.views import CASES_VIEW, unused_serials

_log: Final = structlog.get_logger("intake")


async def settle(context: Context, serials: Subject[Command, Serials, NumberEvent]) -> None:
    """Voids, once at the start, the serials that ended processes leased and did not use; the view has to know all their cases first."""
    for head in await context.logs.heads():
        while head.sequence and not await context.current(CASES_VIEW, head):
            _log.info("intake.settling_waits", source=head.source)
    for left in await unused_serials(context.pool, context.process):
        command = VoidNumbers(year=left.year, process=left.process, unused=left.serials, at=context.now())
        await context.logs.of(left.node).append(serials.intent(stream(left.year), command, actor=SYSTEM))
        _log.info("intake.numbers_voided", node=left.node, year=left.year, process=left.process, serials=len(left.serials))
