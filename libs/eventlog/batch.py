"""One commit's worth of acts, decided and stamped: pure, shared by PostgreSQL and the in-memory twin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from uuid_utils import uuid7

from libs.eventlog.log import Act, Claim, Claimed, Conflict, Decision, Done, KeyReused, New, TooLarge, Unwritable
from libs.wire import MAX_DATA, MAX_HEADERS, Position, Recorded, chain_hash

KEY_SCOPE = "command"
"""The scope under which idempotency keys are kept among the claims."""

FIXED_HEADERS = 1024
"""Room kept for the headers whose length does not depend on the act."""

_FORBIDDEN = re.compile("[\x00\r\n\ud800-\udfff]")


class Kept(msgspec.Struct, frozen=True, gc=False):
    """What the log remembers of an idempotency key: the position after the act, its digest, the stream's version, the answer."""

    epoch: int
    sequence: int
    hash: str
    digest: str
    version: int
    answer: bytes


@dataclass(slots=True)
class Outcome:
    """What one act came to: `done`, or the `error` it ends with; neither: put off to the next batch (its claim is contested in this one)."""

    act: Act
    done: Done | None = None
    error: Exception | None = None


@dataclass(slots=True)
class Batch:
    """The result of deciding: rows to write and outcomes to give after the commit."""

    outcomes: list[Outcome] = field(default_factory=list)
    events: list[Recorded] = field(default_factory=list)
    keys: list[tuple[str, Kept]] = field(default_factory=list)
    claims: list[tuple[Claim, int]] = field(default_factory=list)
    releases: list[Claim] = field(default_factory=list)
    head: Position | None = None

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.events or self.keys)


def answered(act: Act, kept: Kept, head: Position) -> Outcome:
    """The outcome of an act whose key is known: the stored answer, or `KeyReused`."""
    if kept.digest != act.digest:
        return Outcome(act, error=KeyReused(f"the key {act.key!r} was used before with another request"))
    position = Position(head.source, kept.epoch, kept.sequence, kept.hash)
    return Outcome(act, done=Done(position, kept.version, kept.answer, repeated=True))


Wanted = list[tuple[Act, Decision | Exception]]


def decide(acts: Iterable[Act], streams: Mapping[str, Sequence[Recorded]]) -> Wanted:
    """Each act against its stream. Whatever `decide` raises ends that act alone."""
    wanted: Wanted = []
    for act in acts:
        stream = streams.get(act.subject, ())
        if act.expected is not None and act.expected != len(stream):
            wanted.append((act, Conflict(act.subject, act.expected, len(stream))))
            continue
        try:
            wanted.append((act, act.decide(stream)))
        except Exception as error:
            wanted.append((act, error))
    return wanted


def claims_of(wanted: Wanted) -> set[Claim]:
    """All claims these decisions would make; the store says which are taken."""
    return {claim for _, decision in wanted if isinstance(decision, Decision) for claim in decision.claims}


def stamp(wanted: Wanted, streams: Mapping[str, Sequence[Recorded]], taken: frozenset[Claim], head: Position, now: datetime) -> Batch:
    """Numbers, hashes and outcomes for everything decided, in order. `now` is the recorded time."""
    batch = Batch(head=head)
    mine: set[Claim] = set()
    for act, decision in wanted:
        if isinstance(decision, Exception):
            batch.outcomes.append(Outcome(act, error=decision))
            continue
        if mine.intersection(decision.claims):
            batch.outcomes.append(Outcome(act))
            continue
        held = next((claim for claim in decision.claims if claim in taken), None)
        if held is not None:
            batch.outcomes.append(Outcome(act, error=Claimed(*held)))
            continue
        mine.update(decision.claims)
        batch.outcomes.append(_admit(batch, act, decision, len(streams.get(act.subject, ())), now))
    return batch


def _admit(batch: Batch, act: Act, decision: Decision, version: int, now: datetime) -> Outcome:
    assert batch.head is not None
    if (wrong := _too_large(act, decision)) is not None:
        return Outcome(act, error=wrong)
    events: list[Recorded] = []
    head = batch.head
    for new in decision.events:
        event = _stamped(act, new, head, version + len(events) + 1, now)
        events.append(event)
        head = Position(event.source, event.epoch, event.sequence, event.hash)
    batch.events.extend(events)
    batch.head = head
    done = Done(head, version + len(events), decision.answer, written=len(events))
    if act.key:
        batch.keys.append((act.key, Kept(head.epoch, head.sequence, head.hash, act.digest, done.version, decision.answer)))
    batch.claims.extend((claim, head.sequence) for claim in decision.claims)
    batch.releases.extend(decision.releases)
    return Outcome(act, done=done)


def _stamped(act: Act, new: New, head: Position, version: int, now: datetime) -> Recorded:
    event = Recorded(
        source=head.source,
        epoch=head.epoch,
        sequence=head.sequence + 1,
        id=str(uuid7()),
        type=new.type,
        subject=act.subject,
        time=new.time,
        recordedtime=now,
        actor=act.actor,
        prevhash=head.hash,
        hash="",
        data=new.data,
        to=new.to,
        correlationid=act.correlation or act.subject,
        causationid=act.causation or act.key,
        traceparent=act.traceparent,
        version=version,
    )
    return msgspec.structs.replace(event, hash=chain_hash(event))


def check(act: Act) -> None:
    """Raises `Unwritable` or `TooLarge` for an act no log could keep, before it waits with others."""
    values = (act.subject, act.actor, act.key, act.digest, act.correlation, act.causation, act.traceparent)
    if any(_FORBIDDEN.search(value) for value in values):
        raise Unwritable(f"{act.subject!r}: an attribute holds a character no log can keep")
    if sum(len(value.encode()) for value in values) > MAX_HEADERS - FIXED_HEADERS:
        raise TooLarge(f"the attributes of {act.subject[:40]!r}… are longer than {MAX_HEADERS} bytes")


def _too_large(act: Act, decision: Decision) -> Exception | None:
    for new in decision.events:
        if len(new.data) > MAX_DATA:
            return TooLarge(f"{new.type} of {act.subject} has {len(new.data)} bytes; {MAX_DATA} are allowed")
    texts = (*(new.to for new in decision.events), *(part for claim in (*decision.claims, *decision.releases) for part in claim))
    if any(_FORBIDDEN.search(text) for text in texts):
        return Unwritable(f"{act.subject}: a claim or an address holds a character no log can keep")
    return None
