"""The table "What a receiver does", column hub, row by row."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from services.hub.inbox.feed import FARTHEST, Fate, Feed, Vouched
from services.hub.views.archive import feed_state

GENESIS = "sha256:" + "0" * 64


def at(verified: int = 3, *, forked: bool = False) -> Feed:
    """A feed of which nothing is signed beyond the verified number."""
    here = (verified, f"h{verified}")
    return Feed("urn:liandong:511525:intake", 1, *here, *here, *here, *here, forked=forked)


def choosing(signed: int = 9, wanted: int = 6, verified: int = 3) -> Feed:
    """A feed of which `signed` is signed, and the chain is chosen down to `wanted`, which is missing."""
    feed = replace(at(verified), signed=signed, signed_hash=f"h{signed}", ahead=signed, ahead_hash=f"h{signed}")
    return replace(feed, wanted=wanted, wanted_hash=f"h{wanted}", missing=wanted > verified)


def state_of(feed: Feed) -> str:
    return feed_state(asdict(feed))


@pytest.mark.parametrize(
    ("sequence", "prevhash", "own", "sound", "fate"),
    [
        (4, "h3", "h4", True, Fate.CANDIDATE),
        (4, "another", "h4", True, Fate.CANDIDATE),
        (4, "h3", "h4", False, Fate.EVIDENCE),
        (3, "h2", "h3", True, Fate.SAME),
        (3, "h2", "other", True, Fate.COMPARE),
        (2, "h1", "h2", True, Fate.COMPARE),
        (9, "h8", "h9", True, Fate.CANDIDATE),
        (3 + FARTHEST, "x", "y", True, Fate.CANDIDATE),
        (4 + FARTHEST, "x", "y", True, Fate.TOO_FAR),
    ],
)
def test_a_record(sequence: int, prevhash: str, own: str, sound: bool, fate: Fate) -> None:
    feed = at()
    assert feed.receive(sequence, prevhash, own, GENESIS, sound=sound) is fate
    assert feed == at()


@pytest.mark.parametrize(
    ("sequence", "own", "fate"),
    [
        (9, "h9", Fate.SAME),
        (9, "other", Fate.COMPARE),
        (7, "h7", Fate.COMPARE),
        (6, "h6", Fate.CANDIDATE),
        (6, "other", Fate.OFF_THE_CHAIN),
        (5, "any", Fate.CANDIDATE),
        (10, "any", Fate.CANDIDATE),
    ],
)
def test_a_record_while_the_chain_is_being_chosen(sequence: int, own: str, fate: Fate) -> None:
    assert choosing().receive(sequence, "x", own, GENESIS, sound=True) is fate


def test_the_first_record_continues_nothing() -> None:
    feed = Feed("urn:liandong:511525:intake", 1)
    assert feed.receive(1, "sha256:" + "1" * 64, "h1", GENESIS, sound=True) is Fate.EVIDENCE
    assert feed.receive(1, GENESIS, "h1", GENESIS, sound=True) is Fate.CANDIDATE


@pytest.mark.parametrize(
    ("sequence", "signed", "ours", "vouched", "state"),
    [
        (0, "h0", None, Vouched.OLD, "live"),
        (3, "h3", None, Vouched.OLD, "live"),
        (2, "h2", "h2", Vouched.OLD, "live"),
        (8, "h8", None, Vouched.BEYOND, "live"),
        (3, "other", None, Vouched.FORK, "forked"),
        (2, "other", "h2", Vouched.FORK, "forked"),
    ],
)
def test_a_checkpoints_word(sequence: int, signed: str, ours: str | None, vouched: Vouched, state: str) -> None:
    feed = at()
    assert feed.vouched(sequence, signed, ours) is vouched
    assert (feed.verified, state_of(feed)) == (3, state)


@pytest.mark.parametrize(
    ("sequence", "signed", "vouched"),
    [(9, "h9", Vouched.OLD), (9, "other", Vouched.FORK), (8, "any", Vouched.OLD), (12, "h12", Vouched.BEYOND)],
)
def test_a_checkpoints_word_while_the_chain_is_being_chosen(sequence: int, signed: str, vouched: Vouched) -> None:
    feed = choosing()
    assert feed.vouched(sequence, signed) is vouched
    assert (feed.signed, feed.wanted) == (9, 6)


def test_the_chain_is_followed_down_to_what_was_verified_and_the_newest_word_comes_next() -> None:
    feed = choosing(wanted=5)
    assert (state_of(feed), feed.looking, feed.chosen) == ("gap", True, False)
    feed.vouched(12, "h12")
    feed.found("h4")
    assert (state_of(feed), feed.looking, feed.chosen) == ("live", True, False)
    feed.found("h3")
    assert (feed.looking, feed.chosen) == (False, True)
    feed.archived(7, "h7")
    assert (feed.verified, feed.chosen) == (7, True)
    feed.archived(9, "h9")
    assert (feed.verified, feed.signed, feed.wanted, feed.wanted_hash, feed.looking) == (9, 12, 12, "h12", True)


def test_a_signed_chain_that_leads_to_another_past_is_a_fork() -> None:
    feed = choosing(wanted=4)
    feed.found("another")
    assert (state_of(feed), feed.looking, feed.chosen) == ("forked", False, False)


def test_a_forked_feed_takes_nothing_more() -> None:
    feed = at(forked=True)
    assert feed.receive(4, "h3", "h4", GENESIS, sound=True) is Fate.STOPPED
    assert feed.vouched(5, "h5") is Vouched.OLD
    assert feed == at(forked=True)
