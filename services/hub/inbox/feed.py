"""What the hub does with what arrives: the rule of one feed (docs/wire.md, "What a receiver does", column hub). Pure; storage follows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

Key = tuple[str, int]
"""Source and epoch."""
FARTHEST: Final = 1_000_000
"""Numbers beyond the verified one within which unsigned records are kept."""


class Fate(str, Enum):
    """What becomes of a record that arrived."""

    CANDIDATE = "candidate"
    SAME = "same"
    COMPARE = "compare"
    EVIDENCE = "evidence"
    OFF_THE_CHAIN = "off-the-chain"
    TOO_FAR = "too-far"
    STOPPED = "stopped"


class Vouched(str, Enum):
    """What a checkpoint's line about a feed means for it."""

    BEYOND = "beyond"
    OLD = "old"
    FORK = "fork"


@dataclass(slots=True)
class Feed:
    """One epoch of an origin as the city knows it.

    `verified`: archived and shown up to here. `signed`: the next number that a checkpoint signed; between the two the chain is chosen
    among the candidates, from the signed hash backwards: `wanted` is the record looked for next, `missing` says that it has not come.
    `ahead`: the newest number signed. Where nothing is signed beyond it, all four are the verified one. `held`: bytes of its candidates.
    """

    source: str
    epoch: int
    verified: int = 0
    verified_hash: str = ""
    signed: int = 0
    signed_hash: str = ""
    wanted: int = 0
    wanted_hash: str = ""
    ahead: int = 0
    ahead_hash: str = ""
    held: int = 0
    missing: bool = False
    forked: bool = False

    def receive(self, sequence: int, prevhash: str, own_hash: str, genesis: str, *, sound: bool) -> Fate:
        """A record arrived; `sound`: its hash is that of its bytes."""
        if self.forked:
            return Fate.STOPPED
        if not sound or (sequence == 1 and prevhash != genesis):
            return Fate.EVIDENCE
        if sequence <= self.verified:
            return Fate.SAME if (sequence, own_hash) == (self.verified, self.verified_hash) else Fate.COMPARE
        if self.wanted < sequence <= self.signed:
            return Fate.SAME if own_hash == self.signed_hash else Fate.COMPARE
        if sequence == self.wanted and own_hash != self.wanted_hash:
            return Fate.OFF_THE_CHAIN
        return Fate.CANDIDATE if sequence <= self.verified + FARTHEST else Fate.TOO_FAR

    def vouched(self, sequence: int, signed: str, ours: str | None = None) -> Vouched:
        """A verified checkpoint says that number `sequence` has hash `signed`; `ours` is what is archived under an older number."""
        if self.forked or sequence == 0:
            return Vouched.OLD
        known = {self.verified: self.verified_hash, self.signed: self.signed_hash, self.ahead: self.ahead_hash}
        if known.get(sequence, ours if sequence < self.verified else None) not in (None, signed):
            self.forked = True
            return Vouched.FORK
        if sequence <= self.ahead:
            return Vouched.OLD
        self.ahead, self.ahead_hash = sequence, signed
        self._begin()
        return Vouched.BEYOND

    def _begin(self) -> None:
        """Nothing is being chosen: the newest signed number is the next."""
        if self.signed == self.verified:
            self.signed, self.signed_hash = self.wanted, self.wanted_hash = self.ahead, self.ahead_hash

    @property
    def looking(self) -> bool:
        """Whether the chain between the signed and the verified number is still to be chosen."""
        return not self.forked and self.wanted > self.verified

    @property
    def chosen(self) -> bool:
        """Whether a chosen chain waits to be archived."""
        return not self.forked and self.wanted == self.verified < self.signed

    def found(self, prevhash: str) -> None:
        """The wanted record is there; what comes before it is wanted next. Where that is another past than the verified one, it is a fork."""
        self.wanted, self.wanted_hash, self.missing = self.wanted - 1, prevhash, False
        self.forked = self.wanted == self.verified > 0 and prevhash != self.verified_hash

    def archived(self, sequence: int, own_hash: str) -> None:
        """The chosen chain is archived and shown up to a number."""
        self.verified, self.verified_hash = self.wanted, self.wanted_hash = sequence, own_hash
        self._begin()
