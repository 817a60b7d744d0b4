"""What a consumer is: whose facts it hears, how it reads them, and what it makes of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from libs.database import Connection
from libs.eventlog import Intent
from libs.wire import Payload, Recorded


class Effect(msgspec.Struct, frozen=True, gc=False):
    """A command that follows from a fact. The bus gives the intent its key, causation, correlation and trace, and appends it to `node`'s log."""

    cause: Recorded
    node: str
    intent: Intent


class Reader:
    """How a consumer reads other services' facts: the type on the wire → its own record with the few fields it uses; others are passed over.

    `tests/contracts` holds every such record against the schema of the fact's owner.
    """

    def __init__(self, models: Mapping[str, type[Any]]) -> None:
        self.models = dict(models)
        self._payloads = {name: Payload(model) for name, model in self.models.items()}

    @property
    def types(self) -> frozenset[str]:
        """What is heard, by the type on the wire."""
        return frozenset(self.models)

    @property
    def services(self) -> frozenset[str]:
        """Whose facts are heard."""
        return frozenset(name.split(".")[1] for name in self.models)

    def read(self, recorded: Recorded) -> Any:
        """The fact as the consumer's own record. Raises `Malformed` for a payload it cannot take, `KeyError` for a type it does not hear."""
        return self._payloads[recorded.type].read(recorded.data)


class Hears(msgspec.Struct, frozen=True):
    """One consumer of a service. `apply` gets facts of the reader's types, each once and in the order of its feed (several origins may be
    mixed); rows it writes on the connection commit with the cursor, effects it returns are appended before. It must not catch what it cannot
    handle: a record it raises on is parked with its reason, later records of that subject queue behind it, everything else flows.
    `after` is called whenever a batch has been committed; it must not wait.
    """

    name: str
    reader: Reader
    apply: Callable[[Connection, Sequence[Recorded]], Awaitable[Sequence[Effect]]]
    after: Callable[[], None] | None = None
