"""What a consumer is: who hears which facts, and what it makes of them (docs/one-event.md, "Consumers")."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from libs.database import Connection
from libs.eventlog import Act
from libs.wire import Recorded


class Effect(msgspec.Struct, frozen=True, gc=False):
    """A command that follows from a fact. The bus gives the act its key, causation, correlation and trace before it appends it to `node`'s log."""

    cause: Recorded
    node: str
    act: Act


class Hears(msgspec.Struct, frozen=True):
    """One consumer of a service. `apply` gets facts of the named types, each once and in the order of its feed (several origins may be mixed);
    rows it writes on the connection commit with the cursor, effects it returns are appended before. It must not catch what it cannot handle:
    a record it raises on is parked with its reason, later records of that subject queue behind it, everything else flows.
    """

    name: str
    services: tuple[str, ...]
    """The services of the same site whose topics are heard."""
    types: frozenset[str]
    apply: Callable[[Connection, Sequence[Recorded]], Awaitable[Sequence[Effect]]]


Decoder = Callable[[Recorded], Any]
