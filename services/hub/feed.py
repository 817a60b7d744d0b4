"""What the hub does with what arrives: the rule per feed (wire.md, "What a receiver does", column hub). Pure; storage follows it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import Enum

from libs.wire import Checkpoint, Recorded

Key = tuple[str, int]
"""Source and epoch."""
Signed = tuple[Checkpoint, bytes, str]
"""A node's word, its bytes, its signature."""


class Verdict(str, Enum):
    """What becomes of a record."""

    ARCHIVE = "archive"
    SAME = "same"
    COMPARE = "compare"
    GAP = "gap"
    EVIDENCE = "evidence"
    STOPPED = "stopped"


class Word(str, Enum):
    """What a checkpoint's word on a feed means for it."""

    VERIFIED = "verified"
    OLD = "old"
    AHEAD = "ahead"
    NOT_ON_THE_CHAIN = "not-on-the-chain"
    FORK = "fork"


@dataclass(slots=True)
class Feed:
    """One epoch of an origin as the city knows it: archived up to, verified up to, the highest number seen beyond a gap."""

    source: str
    epoch: int
    archived: int = 0
    archived_hash: str = ""
    verified: int = 0
    verified_hash: str = ""
    ahead: int = 0
    forked: bool = False

    @property
    def state(self) -> str:
        """For people: live, gap, forked."""
        if self.forked:
            return "forked"
        return "gap" if self.ahead > self.archived else "live"

    def receive(self, sequence: int, prevhash: str, own_hash: str, genesis: str, *, sound: bool) -> Verdict:
        """A record arrived; `sound`: its hash is that of its bytes. Moves the feed on `ARCHIVE`."""
        if self.forked:
            return Verdict.STOPPED
        if not sound:
            return Verdict.EVIDENCE
        if sequence <= self.archived:
            return Verdict.SAME if (sequence, own_hash) == (self.archived, self.archived_hash) else Verdict.COMPARE
        if sequence > self.archived + 1:
            self.ahead = max(self.ahead, sequence)
            return Verdict.GAP
        if prevhash != (self.archived_hash or genesis):
            return Verdict.EVIDENCE
        self.archived, self.archived_hash = sequence, own_hash
        return Verdict.ARCHIVE

    def vouched(self, sequence: int, signed: str, ours: str | None) -> Word:
        """A verified checkpoint says that number `sequence` has hash `signed`; `ours` is what is archived there. Moves the feed."""
        if self.forked:
            return Word.OLD
        if sequence > self.archived:
            self.ahead = max(self.ahead, sequence)
            return Word.AHEAD
        if sequence == 0 or ours == signed:
            if sequence <= self.verified:
                return Word.OLD
            self.verified, self.verified_hash = sequence, signed
            return Word.VERIFIED
        if sequence <= self.verified:
            self.forked = True
            return Word.FORK
        self.archived, self.archived_hash = self.verified, self.verified_hash
        self.ahead = max(self.ahead, sequence)
        return Word.NOT_ON_THE_CHAIN


@dataclass(slots=True)
class Evidence:
    """Something that does not fit: kept and reported."""

    kind: str
    node: str
    source: str
    epoch: int
    sequence: int
    because: str
    record: bytes

    @property
    def digest(self) -> str:
        """The same evidence twice is one row."""
        text = f"{self.kind}\n{self.source}\n{self.epoch}\n{self.sequence}\n".encode()
        return hashlib.sha256(text + self.record).hexdigest()


@dataclass(slots=True)
class Batch:
    """What one fetch brought, sorted: events per feed in order of arrival, each with whether its hash fits; signed words per node."""

    events: dict[Key, list[tuple[Recorded, bool]]] = field(default_factory=dict)
    checkpoints: dict[str, list[Signed]] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    archive: dict[Key, list[Recorded]] = field(default_factory=dict)
    compare: list[tuple[Key, Recorded]] = field(default_factory=list)
    words: list[Signed] = field(default_factory=list)
    drop: list[Key] = field(default_factory=list)

    def hash_of(self, key: Key, sequence: int) -> str | None:
        """What this batch archives under a number, if it does: what it archives of a feed lies side by side."""
        mine = self.archive.get(key)
        at = sequence - mine[0].sequence if mine else -1
        return mine[at].hash if mine and 0 <= at < len(mine) else None
