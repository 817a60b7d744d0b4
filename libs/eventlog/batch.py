"""One commit's worth of intents, decided and stamped: pure, shared by PostgreSQL and the in-memory twin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from uuid_utils import uuid7

from libs.eventlog.log import SCOPES, Claim, Claimed, Conflict, Consequence, Done, Intent, KeyReused, New, TooLarge, Unwritable
from libs.wire import MAX_DATA, MAX_HEADERS, Position, Recorded, chain_hash

FIXED_HEADERS = 1024
"""Room kept for the headers whose length does not depend on the intent."""

_FORBIDDEN = re.compile("[\x00\r\n\ud800-\udfff]")


class Kept(msgspec.Struct, frozen=True, gc=False):
    """What the log remembers of an idempotency key: the position after the intent, its digest, the stream's version, and the number of
    the first event it wrote, one beyond `sequence` where it wrote none.
    """

    epoch: int
    sequence: int
    hash: str
    digest: str
    version: int
    first: int


@dataclass(slots=True)
class Settled:
    """What one intent came to: `done`, or the `error` it ends with; neither: put off to the next batch (its claim is contested in this one)."""

    intent: Intent
    done: Done | None = None
    error: Exception | None = None

    @property
    def fresh(self) -> Done | None:
        """What it wrote now: not the answer of a known key."""
        return None if self.done is None or self.done.repeated else self.done


@dataclass(slots=True)
class Batch:
    """The result of deciding: rows to write and what to answer after the commit."""

    settled: list[Settled] = field(default_factory=list)
    events: list[Recorded] = field(default_factory=list)
    keys: list[tuple[Claim, Kept]] = field(default_factory=list)
    claims: list[tuple[Claim, int]] = field(default_factory=list)
    releases: list[Claim] = field(default_factory=list)
    head: Position | None = None

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.events or self.keys)


def answered(intent: Intent, kept: Kept, head: Position, events: Sequence[Recorded]) -> Settled:
    """What comes of an intent whose key is known: the answer of the first time with the `events` it wrote then, or `KeyReused`."""
    if kept.digest != intent.digest:
        return Settled(intent, error=KeyReused(f"the key {intent.key!r} was used before with another request"))
    position = Position(head.source, kept.epoch, kept.sequence, kept.hash)
    return Settled(intent, done=Done(position, kept.version, events, repeated=True))


Wanted = list[tuple[Intent, Consequence | Exception]]


def version_of(stream: Sequence[Recorded]) -> int:
    """The version of the stream that ends so, whether all of it or its last event was loaded."""
    return stream[-1].version if stream else 0


def key_of(intent: Intent) -> Claim:
    """The claim under which an intent's idempotency key is kept."""
    return Claim(intent.scope, intent.key)


def decide(intents: Iterable[Intent], streams: Mapping[str, Sequence[Recorded]]) -> Wanted:
    """Each intent against its stream. Whatever `decide` raises ends that intent alone."""
    wanted: Wanted = []
    for intent in intents:
        stream = streams.get(intent.subject, ())
        if intent.expected is not None and (found := version_of(stream)) not in intent.expected:
            wanted.append((intent, Conflict(intent.subject, found)))
            continue
        try:
            wanted.append((intent, intent.decide(stream)))
        except Exception as error:
            wanted.append((intent, error))
    return wanted


def claims_of(wanted: Wanted) -> set[Claim]:
    """All claims these decisions would make; the store says which are taken."""
    return {claim for _, consequence in wanted if isinstance(consequence, Consequence) for claim in consequence.claims}


def stamp(wanted: Wanted, streams: Mapping[str, Sequence[Recorded]], taken: frozenset[Claim], head: Position, now: datetime) -> Batch:
    """Numbers, hashes and answers for everything decided, in order. `now` is the recorded time."""
    batch = Batch(head=head)
    mine: set[Claim] = set()
    for intent, consequence in wanted:
        if isinstance(consequence, Exception):
            batch.settled.append(Settled(intent, error=consequence))
            continue
        if mine.intersection(consequence.claims):
            batch.settled.append(Settled(intent))
            continue
        held = next((claim for claim in consequence.claims if claim in taken), None)
        if held is not None:
            batch.settled.append(Settled(intent, error=Claimed(*held)))
            continue
        mine.update(consequence.claims)
        batch.settled.append(_admit(batch, intent, consequence, version_of(streams.get(intent.subject, ())), now))
    return batch


def _admit(batch: Batch, intent: Intent, consequence: Consequence, version: int, now: datetime) -> Settled:
    assert batch.head is not None
    if (wrong := _unfit(intent, consequence)) is not None:
        return Settled(intent, error=wrong)
    events: list[Recorded] = []
    head = batch.head
    for new in consequence.events:
        event = _stamped(intent, new, head, version + len(events) + 1, now)
        events.append(event)
        head = Position(event.source, event.epoch, event.sequence, event.hash)
    batch.events.extend(events)
    batch.head = head
    done = Done(head, version + len(events), events)
    if intent.key:
        batch.keys.append(
            (key_of(intent), Kept(head.epoch, head.sequence, head.hash, intent.digest, done.version, head.sequence - len(events) + 1))
        )
    over = frozenset(consequence.releases)
    batch.claims.extend((claim, head.sequence) for claim in consequence.claims if claim not in over)
    batch.releases.extend(consequence.releases)
    return Settled(intent, done=done)


def _stamped(intent: Intent, new: New, head: Position, version: int, now: datetime) -> Recorded:
    event = Recorded(
        source=head.source,
        epoch=head.epoch,
        sequence=head.sequence + 1,
        id=str(uuid7()),
        type=new.type,
        subject=intent.subject,
        time=new.time,
        recordedtime=now,
        actor=intent.actor,
        prevhash=head.hash,
        hash="",
        data=new.data,
        to=new.to,
        correlationid=intent.correlation or intent.subject,
        causationid=intent.causation or intent.key,
        traceparent=intent.traceparent,
        version=version,
    )
    return msgspec.structs.replace(event, hash=chain_hash(event))


def check(intent: Intent) -> None:
    """Raises `Unwritable` or `TooLarge` for an intent no log could keep, before it waits with others."""
    values = (intent.subject, intent.actor, intent.key, intent.digest, intent.correlation, intent.causation, intent.traceparent)
    if any(_FORBIDDEN.search(value) for value in values):
        raise Unwritable(f"{intent.subject!r}: an attribute holds a character no log can keep")
    if sum(len(value.encode()) for value in values) > MAX_HEADERS - FIXED_HEADERS:
        raise TooLarge(f"the attributes of {intent.subject[:40]!r}… are longer than {MAX_HEADERS} bytes")


def _unfit(intent: Intent, consequence: Consequence) -> Exception | None:
    if (kept := next((claim for claim in (*consequence.claims, *consequence.releases) if claim.scope in SCOPES), None)) is not None:
        return ValueError(f"{kept.scope} 是幂等键的范围，{intent.subject} 的占用不得用它")
    for new in consequence.events:
        if len(new.data) > MAX_DATA:
            return TooLarge(f"{new.type} of {intent.subject} has {len(new.data)} bytes; {MAX_DATA} are allowed")
    texts = (*(new.to for new in consequence.events), *(part for claim in (*consequence.claims, *consequence.releases) for part in claim))
    if any(_FORBIDDEN.search(text) for text in texts):
        return Unwritable(f"{intent.subject}: a claim or an address holds a character no log can keep")
    return None
