"""Numbers and chain hashes for the events of one origin that are written together; what is the same for all of them is written once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from uuid_utils import uuid7

from libs.eventlog.log import Intent, New
from libs.wire import Position, Recorded, instant

_HASHES: Final[dict[str, Callable[[bytes], Any]]] = {"sha256": hashlib.sha256, "sm3": partial(hashlib.new, "sm3")}


class Chain:
    """Continues the feed that ends at a position. The text that is hashed is that of `libs.wire.canonical`, put together from parts."""

    def __init__(self, head: Position, now: datetime) -> None:
        self.source, self.epoch, self.sequence, self.hash = head.source, head.epoch, head.sequence, head.hash
        self._now = now
        self._alg = head.hash.partition(":")[0]
        self._digest = _HASHES[self._alg]
        self._begin = f"liandong-chain/1\nsource:{head.source}\nepoch:{head.epoch}\nsequence:"
        self._recorded = f"\nrecordedtime:{instant(now)}\nactor:"
        self._said: datetime | None = None
        self._time, self._instant = now, instant(now)

    @property
    def head(self) -> Position:
        """The last event."""
        return Position(self.source, self.epoch, self.sequence, self.hash)

    def add(self, intent: Intent, new: New, version: int) -> Recorded:
        """The next event."""
        self.sequence += 1
        if new.time is not self._said:
            self._said, self._time = new.time, new.time.astimezone(UTC)
            self._instant = instant(self._time)
        identity, previous = str(uuid7()), self.hash
        correlation, causation = intent.correlation or intent.subject, intent.causation or intent.key
        text = (
            f"{self._begin}{self.sequence}\nprevhash:{previous}\nid:{identity}\ntype:{new.type}\nsubject:{intent.subject}\n"
            f"time:{self._instant}{self._recorded}{intent.actor}\nto:{new.to}\ncorrelationid:{correlation}\ncausationid:{causation}\n"
            f"datahash:{self._alg}:{self._digest(new.data).hexdigest()}\n"
        )
        self.hash = f"{self._alg}:{self._digest(text.encode()).hexdigest()}"
        return Recorded(
            source=self.source,
            epoch=self.epoch,
            sequence=self.sequence,
            id=identity,
            type=new.type,
            subject=intent.subject,
            time=self._time,
            recordedtime=self._now,
            actor=intent.actor,
            prevhash=previous,
            hash=self.hash,
            data=new.data,
            to=new.to,
            correlationid=correlation,
            causationid=causation,
            traceparent=intent.traceparent,
            version=version,
        )
