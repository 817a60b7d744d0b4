"""One commit's worth of intents, decided and stamped: pure, shared by PostgreSQL and the in-memory twin."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import msgspec

from libs.eventlog.chain import Chain
from libs.eventlog.log import SCOPES, Claim, Claimed, Conflict, Consequence, Done, Intent, KeyReused, TooLarge, Unwritable
from libs.wire import MAX_DATA, MAX_HEADERS, Position, Recorded

FIXED_HEADERS: Final = 2048
"""Room kept for the headers that do not come with the intent: numbers, instants, hashes, names, and an event's type and address."""
MAX_NAME: Final = 300
"""Characters of an event's type and address together."""
MAX_INDEXED: Final = 1024
"""Bytes of a subject, a key or a claim: an index of PostgreSQL takes no more than 2,700 in all."""

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
    """The result of deciding: rows to write and what to answer after the commit. Keys are kept among the claims."""

    head: Position
    settled: list[Settled] = field(default_factory=list)
    events: list[Recorded] = field(default_factory=list)
    claims: list[tuple[Claim, Kept]] = field(default_factory=list)
    releases: list[Claim] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.events or self.claims or self.releases)


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


def passing_of(wanted: Wanted) -> set[Claim]:
    """The claims that are made and ended at once: they are not written, so that nobody would find them taken who did not ask."""
    return {
        claim
        for _, consequence in wanted
        if isinstance(consequence, Consequence) and consequence.releases
        for claim in consequence.claims
        if claim in consequence.releases
    }


def stamp(wanted: Wanted, streams: Mapping[str, Sequence[Recorded]], taken: frozenset[Claim], head: Position, now: datetime) -> Batch:
    """Numbers, hashes and answers for everything decided, in order. `now` is the recorded time.

    An act that would make or end a claim which another of the batch makes or ends is put off, so that it comes behind it.
    """
    batch, chain = Batch(head), Chain(head, now)
    touched: set[Claim] = set()
    for intent, consequence in wanted:
        if isinstance(consequence, Exception):
            batch.settled.append(Settled(intent, error=consequence))
        elif not touched.isdisjoint(consequence.claims) or not touched.isdisjoint(consequence.releases):
            batch.settled.append(Settled(intent))
        elif (held := next((claim for claim in consequence.claims if claim in taken), None)) is not None:
            batch.settled.append(Settled(intent, error=Claimed(*held)))
        elif (unfit := _unfit(intent, consequence)) is not None:
            batch.settled.append(Settled(intent, error=unfit))
        else:
            touched.update(consequence.claims, consequence.releases)
            batch.settled.append(Settled(intent, done=_admit(batch, chain, intent, consequence, streams.get(intent.subject, ()))))
    batch.head = chain.head
    return batch


def _admit(batch: Batch, chain: Chain, intent: Intent, consequence: Consequence, stream: Sequence[Recorded]) -> Done:
    version, first = version_of(stream), chain.sequence + 1
    events = [chain.add(intent, new, version + n) for n, new in enumerate(consequence.events, 1)]
    head = chain.head
    done = Done(head, version + len(events), events)
    batch.events.extend(events)
    if intent.key:
        batch.claims.append((key_of(intent), Kept(head.epoch, head.sequence, head.hash, intent.digest, done.version, first)))
    if consequence.claims:
        kept = Kept(head.epoch, head.sequence, head.hash, "", 0, 0)
        batch.claims.extend((claim, kept) for claim in dict.fromkeys(consequence.claims) if claim not in consequence.releases)
    batch.releases.extend(consequence.releases)
    return done


def check(intent: Intent) -> None:
    """Raises `Unwritable` or `TooLarge` for an intent no log could keep, before it waits with others."""
    values = (intent.subject, intent.actor, intent.key, intent.digest, intent.correlation, intent.causation, intent.traceparent)
    if _forbidden(values):
        raise Unwritable(f"{intent.subject!r}: an attribute holds a character no log can keep")
    if sum(map(len, values)) * 8 < MAX_INDEXED:
        return  # the usual case: a character has four bytes at most, and subject and key may stand twice
    if max(len(value.encode()) for value in (intent.subject, intent.key, intent.digest)) > MAX_INDEXED:
        raise TooLarge(f"subject, key or digest of {intent.subject[:40]!r}… is longer than {MAX_INDEXED} bytes")
    sent = (intent.subject, intent.actor, intent.correlation or intent.subject, intent.causation or intent.key, intent.traceparent)
    if sum(len(value.encode()) for value in sent) > MAX_HEADERS - FIXED_HEADERS:
        raise TooLarge(f"the attributes of {intent.subject[:40]!r}… are longer than {MAX_HEADERS} bytes")


def _unfit(intent: Intent, consequence: Consequence) -> Exception | None:
    for new in consequence.events:
        if len(new.data) > MAX_DATA:
            return TooLarge(f"{new.type} of {intent.subject} has {len(new.data)} bytes; {MAX_DATA} are allowed")
        if new.time.tzinfo is not UTC and not _in_utc(new.time):
            return Unwritable(f"{new.type} of {intent.subject} is of {new.time.isoformat()}, which is no instant of UTC")
        if len(new.type) + len(new.to) > MAX_NAME:
            return TooLarge(f"type and address of an event of {intent.subject} are longer than {MAX_NAME} characters")
    if _forbidden([text for new in consequence.events for text in (new.type, new.to)]):
        return Unwritable(f"{intent.subject}: an address holds a character no log can keep")
    return _unfit_claims(intent, [*consequence.claims, *consequence.releases])


def _unfit_claims(intent: Intent, claims: Sequence[Claim]) -> Exception | None:
    for scope, key in claims:
        if scope in SCOPES:
            return ValueError(f"{scope} 是幂等键的范围，{intent.subject} 的占用不得用它")
        if _forbidden((scope, key)):
            return Unwritable(f"{intent.subject}: a claim holds a character no log can keep")
        if len(f"{scope}{key}".encode()) > MAX_INDEXED:
            return TooLarge(f"a claim of {intent.subject} is longer than {MAX_INDEXED} bytes")
    return None


def _forbidden(texts: Iterable[str]) -> bool:
    """Whether a character no log can keep is in one of them. What can be printed holds none: the usual case is one look at all of them."""
    text = "".join(texts)
    return not text.isprintable() and _FORBIDDEN.search(text) is not None


def _in_utc(moment: datetime) -> bool:
    """Whether it has a zone and lies within the years of UTC."""
    try:
        return moment.tzinfo is not None and moment.astimezone(UTC) is not None
    except OverflowError:
        return False
