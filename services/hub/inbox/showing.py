"""Verified events become rows. What a fold or the database cannot take is found event by event, so that one never stops another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import asyncpg

from libs.database import Connection
from libs.wire import Recorded
from services.hub import views
from services.hub.inbox.rows import fold

NotShown = list[tuple[Recorded, str]]
"""Events that were verified and cannot be shown, each with the reason."""
OF_THE_DATA: Final = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.ProgramLimitExceededError,
    ValueError,
    OverflowError,
)
"""What is raised for what an event says, by the database or on the way to it; anything else is not the event's fault."""


async def show(connection: Connection, events: Sequence[Recorded]) -> NotShown:
    """Writes what the events say. Raises one of `OF_THE_DATA` where the database cannot take it; nothing of the transaction is good then."""
    folded = fold(events)
    await views.save(connection, folded)
    return folded.not_shown


async def show_carefully(connection: Connection, events: Sequence[Recorded]) -> NotShown:
    """The same, half by half down to the events that cannot be taken; all others are written."""
    try:
        async with connection.transaction():
            return await show(connection, events)
    except OF_THE_DATA as error:
        if len(events) == 1:
            return [(events[0], f"数据库不能保存（{error}）")]
    middle = len(events) // 2
    return [*await show_carefully(connection, events[:middle]), *await show_carefully(connection, events[middle:])]
