"""What a view is: the types it shows, and how their events become rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from libs.database import Connection, away
from libs.eventlog import Logged
from libs.wire import Malformed


class View(msgspec.Struct, frozen=True):
    """One read model of a service over its own log. `apply` writes rows for the events given, in order of each origin, inside the transaction
    that moves the position; of a batch it cannot show, it is asked for the parts again. What `Logged` does not say of an event it is not given.
    """

    name: str
    apply: Callable[[Connection, Sequence[Logged]], Awaitable[None]]
    types: frozenset[str]
    """The types on the wire it shows: it is given no others."""
    known: frozenset[str] = frozenset()
    """All types that this version of the service writes. One that is not among them comes from a later version, and is not passed over: the view
    stops until that version is back. Empty: not looked at.
    """

    def wants(self, event: Logged) -> bool:
        """Whether the view has to look at the event."""
        return event.type in self.types or bool(self.known and event.type not in self.known)

    async def show(self, connection: Connection, events: Sequence[Logged]) -> None:
        """Shows events it wants, all of them or, raising, none that would count."""
        if later := next((event for event in events if event.type not in self.types), None):
            raise Malformed(f"{later.type} 比本版本新")
        await self.apply(connection, events)

    async def show_what_can_be(self, connection: Connection, events: Sequence[Logged]) -> tuple[int, Exception | None]:
        """Shows events it wants, in savepoints: how many, and why it cannot show the next one.

        What it raises on is halved until the event is found; what comes before that stays shown. Raises where the database is away.
        """
        try:
            async with connection.transaction():
                await self.show(connection, events)
        except Exception as error:
            if away(error):
                raise
            if len(events) == 1:
                return 0, error
        else:
            return len(events), None
        half = len(events) // 2
        first, fault = await self.show_what_can_be(connection, events[:half])
        if fault is not None:
            return first, fault
        rest, fault = await self.show_what_can_be(connection, events[half:])
        return half + rest, fault


class StandsAt(msgspec.Struct, frozen=True):
    """Where a stopped view stands: the event it cannot show, and why."""

    source: str
    epoch: int
    sequence: int
    because: str
