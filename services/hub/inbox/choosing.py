"""A signed hash chooses among the candidates: from it backwards, hash by hash, down to what was verified before (docs/wire.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from libs.database import Connection
from libs.wire import Recorded
from services.hub.inbox import candidates
from services.hub.inbox.feed import Feed

LINKS: Final = 10_000
"""Candidates that lay there before among which one transaction follows a chain."""


@dataclass(slots=True)
class ChosenOfFeed:
    """What became of a feed: events that are verified now, in order; what is not on the signed chain; whether all other candidates are kept."""

    verified: list[Recorded] = field(default_factory=list)
    lost: list[Recorded] = field(default_factory=list)
    whole: bool = True


async def settle(connection: Connection, number: int, feed: Feed, came: Mapping[str, Recorded]) -> ChosenOfFeed:
    """Chooses among what `came` of a feed and what lies there of it, and keeps the rest; what is `verified` is to be archived.

    Of what lay there before it chooses a page; what is left of the chain is for another turn (`late`).
    """
    choice, left = ChosenOfFeed(), dict(came)
    if feed.chosen and not came:
        await _take(connection, number, feed, left, choice)
        return choice
    while feed.looking and (not feed.missing or feed.wanted_hash in left):
        await _choose(connection, number, feed, left, choice)
        if not (feed.chosen and await _take(connection, number, feed, left, choice)):
            break
    if left and not feed.forked:
        choice.whole = await candidates.store(connection, number, feed, left.values())
    return choice


async def _choose(connection: Connection, number: int, feed: Feed, left: dict[str, Recorded], choice: ChosenOfFeed) -> None:
    """Follows the chain down as far as it is known; what stands beside it is lost."""
    stored, lowest = await candidates.links(connection, number, feed, LINKS) if feed.held else ({}, 0)
    highest, on_chain = feed.wanted, set[str]()
    while feed.looking and feed.wanted >= lowest:
        own, mine = feed.wanted_hash, left.get(feed.wanted_hash)
        before = stored.get((feed.wanted, own)) or (mine.prevhash if mine and mine.sequence == feed.wanted else None)
        if before is None:
            feed.missing = True
            break
        on_chain.add(own)
        feed.found(before)
    if feed.forked:
        return
    decided = range(feed.wanted + (not feed.missing), highest + 1)
    beside = [event for event in left.values() if event.sequence in decided and event.hash not in on_chain]
    for event in beside:
        del left[event.hash]
    lost = [link for link in stored if link[0] in decided and link[1] not in on_chain]
    choice.lost += [*beside, *await candidates.lose(connection, number, feed, lost)]


async def _take(connection: Connection, number: int, feed: Feed, left: dict[str, Recorded], choice: ChosenOfFeed) -> bool:
    """Takes the chosen chain for the archive, of what lay there before a page; True: as far as it was signed."""
    signed = feed.signed
    stored = await candidates.read(connection, number, feed) if feed.held else []
    here = {event.sequence: event for event in (*stored, *left.values()) if event.sequence <= signed}
    chain = [here[n] for n in _run(here, feed.verified + 1)]
    if chain:
        feed.archived(chain[-1].sequence, chain[-1].hash)
        await candidates.moved(connection, number, feed)
        choice.verified += chain
        for event in chain:
            left.pop(event.hash, None)
    return feed.verified == signed


def _run(here: Mapping[int, Recorded], first: int) -> range:
    """The numbers without a hole from `first` on."""
    last = first
    while last in here:
        last += 1
    return range(first, last)
