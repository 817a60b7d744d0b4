"""The table "What a receiver does", column hub, row by row."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from services.hub.inbox.feed import Fate, Feed, Vouched
from services.hub.views.archive import feed_state

GENESIS = "sha256:" + "0" * 64


def at(archived: int = 5, verified: int = 3, *, forked: bool = False, ahead: int = 0) -> Feed:
    return Feed("urn:liandong:511525:intake", 1, archived, f"h{archived}", verified, f"h{verified}", ahead, forked)


def state_of(feed: Feed) -> str:
    return feed_state(asdict(feed))


@pytest.mark.parametrize(
    ("sequence", "prevhash", "own", "sound", "fate", "archived"),
    [
        (6, "h5", "h6", True, Fate.ARCHIVE, 6),
        (6, "h4", "h6", True, Fate.EVIDENCE, 5),
        (6, "h5", "h6", False, Fate.EVIDENCE, 5),
        (5, "h4", "h5", True, Fate.SAME, 5),
        (5, "h4", "other", True, Fate.COMPARE, 5),
        (2, "h1", "h2", True, Fate.COMPARE, 5),
        (9, "h8", "h9", True, Fate.GAP, 5),
    ],
)
def test_a_record(sequence: int, prevhash: str, own: str, sound: bool, fate: Fate, archived: int) -> None:
    feed = at()
    assert feed.receive(sequence, prevhash, own, GENESIS, sound=sound) is fate
    assert (feed.archived, feed.archived_hash) == (archived, f"h{archived}")
    assert feed.verified == 3


def test_the_first_record_continues_nothing() -> None:
    feed = Feed("urn:liandong:511525:intake", 1)
    assert feed.receive(1, "sha256:" + "1" * 64, "h1", GENESIS, sound=True) is Fate.EVIDENCE
    assert feed.receive(1, GENESIS, "h1", GENESIS, sound=True) is Fate.ARCHIVE


def test_a_gap_is_seen_until_it_is_filled() -> None:
    feed = at()
    feed.receive(7, "h6", "h7", GENESIS, sound=True)
    assert state_of(feed) == "gap"
    feed.receive(6, "h5", "h6", GENESIS, sound=True)
    assert state_of(feed) == "gap"
    feed.receive(7, "h6", "h7", GENESIS, sound=True)
    assert state_of(feed) == "live"


@pytest.mark.parametrize(
    ("sequence", "signed", "ours", "vouched", "verified", "archived", "state"),
    [
        (5, "h5", "h5", Vouched.VERIFIED, 5, 5, "live"),
        (4, "h4", "h4", Vouched.VERIFIED, 4, 5, "live"),
        (3, "h3", "h3", Vouched.OLD, 3, 5, "live"),
        (2, "h2", "h2", Vouched.OLD, 3, 5, "live"),
        (8, "h8", None, Vouched.AHEAD, 3, 5, "gap"),
        (5, "other", "h5", Vouched.NOT_ON_THE_CHAIN, 3, 3, "gap"),
        (3, "other", "h3", Vouched.FORK, 3, 5, "forked"),
        (2, "other", "h2", Vouched.FORK, 3, 5, "forked"),
    ],
)
def test_a_checkpoints_word(
    sequence: int, signed: str, ours: str | None, vouched: Vouched, verified: int, archived: int, state: str
) -> None:
    feed = at()
    assert feed.vouched(sequence, signed, ours) is vouched
    assert (feed.verified, feed.archived, state_of(feed)) == (verified, archived, state)


def test_a_forked_feed_takes_nothing_more() -> None:
    feed = at(forked=True)
    assert feed.receive(6, "h5", "h6", GENESIS, sound=True) is Fate.STOPPED
    assert feed.vouched(5, "h5", "h5") is Vouched.OLD
    assert feed.verified == 3
