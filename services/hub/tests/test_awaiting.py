"""Records wait for their checkpoint in memory; nothing that waits is lost, whatever fails, and no offset is committed before it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from services.hub.inbox import awaiting
from services.hub.inbox.awaiting import Awaiting
from services.hub.tests.county import City, carried, feed, filed, word


class Kept:
    """What was given on, in order; `fails` once where it is told to."""

    def __init__(self) -> None:
        self.offsets: list[int] = []
        self.fails = False

    async def give(self, records: Sequence[Any]) -> None:
        await asyncio.sleep(0)
        if self.fails:
            self.fails = False
            raise ConnectionError("the database is away")
        self.offsets += [record.offset for record in records]


@pytest.fixture
def kept() -> Kept:
    return Kept()


async def came(count: int = 3) -> tuple[list[Any], Any]:
    """Records of a feed, and the checkpoint that covers them."""
    events = await feed(*(filed(f"c{n}") for n in range(count)))
    return [carried(event) for event in events], word(1, events[-1])


def offsets(*records: Any) -> list[int]:
    return [record.offset for record in records]


async def test_what_the_broker_cut_off_from_its_checkpoint_is_given_on_with_it_in_order(kept: Kept) -> None:
    (first, second, behind), signed = await came()
    held = Awaiting(kept.give)
    await held.take([first])
    await held.take([second])
    assert kept.offsets == []
    await held.take([signed, behind])
    assert kept.offsets == offsets(first, second, signed)
    await held.save()
    assert kept.offsets == offsets(first, second, signed, behind)
    await held.save()
    assert kept.offsets == offsets(first, second, signed, behind), "nothing twice"


async def test_when_a_fetch_fails_what_waited_before_it_is_still_there_for_the_commit(kept: Kept) -> None:
    """The fetch before was taken without an error: its offset is committed behind the next `save`."""
    (first, second, _), signed = await came()
    held = Awaiting(kept.give)
    await held.take([first])
    kept.fails = True
    with pytest.raises(ConnectionError):
        await held.take([second, signed])
    await held.save()
    assert kept.offsets == offsets(first)
    await held.take([second, signed])
    assert kept.offsets == offsets(first, second, signed)


async def test_what_could_not_be_saved_is_not_called_saved_and_stays(kept: Kept) -> None:
    (first, _, _), _ = await came()
    held = Awaiting(kept.give)
    await held.take([first])
    kept.fails = True
    with pytest.raises(ConnectionError):
        await held.save()
    await held.save()
    assert kept.offsets == offsets(first)


async def test_what_comes_while_it_is_saved_is_neither_lost_nor_given_on_twice(kept: Kept) -> None:
    (first, second, third), _ = await came()
    held = Awaiting(kept.give)
    await held.take([first])
    await asyncio.gather(held.save(), held.take([second]), held.save(), held.take([third]))
    await held.save()
    assert kept.offsets == offsets(first, second, third)


@pytest.mark.parametrize("bound", ["MOST_HELD", "MOST_BYTES_HELD"])
async def test_no_more_waits_than_is_good_for_the_memory(kept: Kept, bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    records, _ = await came()
    monkeypatch.setattr(awaiting, bound, 2 if bound == "MOST_HELD" else 2 * len(records[0].value))
    held = Awaiting(kept.give)
    await held.take(records[:2])
    assert kept.offsets == []
    await held.take(records[2:])
    assert kept.offsets == offsets(*records)


@pytest.mark.server
async def test_a_feed_that_came_in_pieces_and_again_is_shown_once_and_was_never_a_candidate(city: City) -> None:
    events = await feed(*(filed(f"c{n}") for n in range(6)))
    takes = city.house.service.takes
    assert takes is not None
    for event in (*events[:4], *events[:4], *events[4:]):
        await takes([carried(event)])
    assert await city.inside.fetchval("select count(*) from candidate") == 0
    await takes([word(1, events[-1])])
    assert await city.numbers() == [f"c{n}" for n in range(6)]
    assert await city.inside.fetchval("select sum(n) from city_count where kind = 'filed'") == 6
    assert await city.evidence() == []
    assert (await city.verified())["verified"]


@pytest.mark.server
async def test_what_waits_for_no_checkpoint_is_kept_before_its_offset_is_committed(city: City) -> None:
    (event,) = await feed(filed("c1"))
    await city.take(carried(event))
    assert await city.inside.fetchval("select count(*) from candidate") == 1
