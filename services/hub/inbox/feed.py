"""What the hub does with what arrives: the rule of one feed (docs/wire.md, "What a receiver does", column hub). Pure; storage follows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

Key = tuple[str, int]
"""Source and epoch."""


class Fate(str, Enum):
    """What becomes of a record that arrived."""

    ARCHIVE = "archive"
    SAME = "same"
    COMPARE = "compare"
    GAP = "gap"
    EVIDENCE = "evidence"
    STOPPED = "stopped"


class Vouched(str, Enum):
    """What a checkpoint's line about a feed means for it."""

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

    def receive(self, sequence: int, prevhash: str, own_hash: str, genesis: str, *, sound: bool) -> Fate:
        """A record arrived; `sound`: its hash is that of its bytes. Moves the feed on `ARCHIVE`."""
        if self.forked:
            return Fate.STOPPED
        if not sound:
            return Fate.EVIDENCE
        if sequence <= self.archived:
            return Fate.SAME if (sequence, own_hash) == (self.archived, self.archived_hash) else Fate.COMPARE
        if sequence > self.archived + 1:
            self.ahead = max(self.ahead, sequence)
            return Fate.GAP
        if prevhash != (self.archived_hash or genesis):
            return Fate.EVIDENCE
        self.archived, self.archived_hash = sequence, own_hash
        return Fate.ARCHIVE

    def vouched(self, sequence: int, signed: str, ours: str | None) -> Vouched:
        """A verified checkpoint says that number `sequence` has hash `signed`; `ours` is what is archived there. Moves the feed."""
        if self.forked:
            return Vouched.OLD
        if sequence > self.archived:
            self.ahead = max(self.ahead, sequence)
            return Vouched.AHEAD
        if sequence == 0 or ours == signed:
            if sequence <= self.verified:
                return Vouched.OLD
            self.verified, self.verified_hash = sequence, signed
            return Vouched.VERIFIED
        if sequence <= self.verified:
            self.forked = True
            return Vouched.FORK
        self.archived, self.archived_hash = self.verified, self.verified_hash
        self.ahead = max(self.ahead, sequence)
        return Vouched.NOT_ON_THE_CHAIN
