"""The kit's own words: what they say yes to, and that they fail when they should."""

from __future__ import annotations

import pytest

from libs.decider import Decider, Law, record, refusing
from libs.testkit.given import Given

refused = refusing({"full": Law("P-example", "只能放 {most} 个")})


@record
class Put:
    n: int


@record
class Placed:
    n: int


@record
class Noticed:
    full: bool


def decide(command: Put, state: int) -> list[Placed | Noticed]:
    if state + command.n > 3:
        raise refused("full", most=3)
    if command.n == 0:
        return []
    return [Placed(n=command.n), *([Noticed(full=True)] if state + command.n == 3 else [])]


story = Given(Decider(0, decide, lambda state, event: state + event.n if isinstance(event, Placed) else state))


def test_what_was_taken_goes_on() -> None:
    assert story(Placed(n=1)).when(Put(n=2)).taken().state == 3
    story(Placed(n=1)).when(Put(n=0)).taken().when(Put(n=3)).refused("full")
    with pytest.raises(AssertionError, match="refused: full"):
        story(Placed(n=1)).when(Put(n=3)).taken()


def test_one_event_of_a_type_among_others() -> None:
    assert story(Placed(n=1)).when(Put(n=2)).one(Noticed).full is True
    assert story(Placed(n=1)).when(Put(n=2)).one(Placed).n == 2
    with pytest.raises(AssertionError, match="0 of Noticed"):
        story().when(Put(n=1)).one(Noticed)
    with pytest.raises(AssertionError, match="refused: full"):
        story().when(Put(n=4)).one(Placed)


def test_a_refusal_says_its_sentence_and_its_source() -> None:
    no = story().when(Put(n=4)).refused("full")
    assert no.because == "只能放 3 个（P-example）"
    assert no.about("第 2 行").because == "第 2 行：只能放 3 个（P-example）"
    assert no.about("第 2 行").code == "full"
    with pytest.raises(AssertionError, match="not with empty"):
        story().when(Put(n=4)).refused("empty")
    with pytest.raises(AssertionError, match="not refused"):
        story().when(Put(n=1)).refused("full")
    with pytest.raises(KeyError):
        refused("never-said")
