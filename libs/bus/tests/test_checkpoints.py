"""A node's signed word: what was sent, in a fixed order, under a counter that never comes again."""

from __future__ import annotations

from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from libs.bus.checkpoints import LEASE, Checkpoints
from libs.bus.sending import Outgoing
from libs.wire import Position, parse_checkpoint, public_of, signed_by

KEY = Ed25519PrivateKey.generate()
COUNTY, TOWN = "511525", "511525100"
AT = datetime(2026, 11, 23, tzinfo=UTC)


class Counters:
    """Who leases counters, whatever process asks."""

    def __init__(self) -> None:
        self.leased: dict[str, int] = {}

    async def lease(self, node: str, many: int) -> int:
        """The last of `many`."""
        self.leased[node] = self.leased.get(node, 0) + many
        return self.leased[node]


def sealing(counters: Counters, *nodes: str) -> Checkpoints:
    return Checkpoints(nodes or (COUNTY, TOWN), KEY, lambda: AT, counters.lease)


def at(node: str, service: str, sequence: int) -> Position:
    return Position(f"urn:liandong:{node}:{service}", 1, sequence, "sha256:" + f"{sequence:064x}")


def nodes(records: list[Outgoing]) -> list[str]:
    return [parse_checkpoint(value).node for _, value, _ in records]


async def test_a_checkpoint_lists_everything_its_node_has_sent_and_is_signed() -> None:
    seal = sealing(Counters())
    await seal.begin([at(COUNTY, "intake", 5), at(TOWN, "intake", 3)])
    ((key, value, headers),) = await seal.records([at(COUNTY, "deadline", 2), at(COUNTY, "intake", 9)])
    found = parse_checkpoint(value)
    assert (key, found.node, found.time, found.counter) == (COUNTY.encode(), COUNTY, AT, 1)
    assert found.feeds == (at(COUNTY, "deadline", 2), at(COUNTY, "intake", 9))
    assert signed_by(public_of(KEY)[1], value, dict(headers)["ce_signature"].decode())


async def test_every_node_gives_its_word_when_there_was_nothing_to_send() -> None:
    seal = sealing(Counters())
    await seal.begin([at(COUNTY, "intake", 5)])
    assert nodes(list(await seal.idle())) == [COUNTY, TOWN]
    assert nodes(list(await seal.records([at(TOWN, "intake", 1)]))) == [TOWN], "behind a batch only those of whom it has events"


async def test_a_node_vouches_for_what_was_taken_and_not_for_what_was_only_sent() -> None:
    seal = sealing(Counters(), COUNTY)
    await seal.begin([at(COUNTY, "intake", 5)])
    await seal.records([at(COUNTY, "intake", 7)])
    ((_, value, _),) = await seal.idle()
    assert parse_checkpoint(value).feeds == (at(COUNTY, "intake", 5),), "the batch may never have gone out"
    seal.acknowledged([at(COUNTY, "intake", 7)])
    ((_, value, _),) = await seal.idle()
    assert parse_checkpoint(value).feeds == (at(COUNTY, "intake", 7),)


async def test_what_was_sent_in_an_earlier_turn_is_forgotten() -> None:
    seal = sealing(Counters(), COUNTY)
    await seal.begin([])
    seal.acknowledged([at(COUNTY, "intake", 7)])
    await seal.begin([at(COUNTY, "intake", 6)])
    ((_, value, _),) = await seal.idle()
    assert parse_checkpoint(value).feeds == (at(COUNTY, "intake", 6),), "what was taken and not saved is sent again"


async def test_a_used_counter_never_comes_again_whatever_process_asks() -> None:
    counters, used = Counters(), []
    for _ in range(3):
        seal = sealing(counters, COUNTY)
        await seal.begin([])
        for _ in range(LEASE + 5):
            ((_, value, _),) = await seal.idle()
            used.append(parse_checkpoint(value).counter)
    assert used == sorted(set(used)), "strictly growing"


async def test_a_node_that_left_the_settings_is_not_spoken_for_and_stops_nobody() -> None:
    seal = sealing(Counters(), COUNTY)
    await seal.begin([at(COUNTY, "intake", 5), at(TOWN, "intake", 3)])
    assert nodes(list(await seal.idle())) == [COUNTY]
    assert nodes(list(await seal.records([at(COUNTY, "intake", 6), at(TOWN, "intake", 4)]))) == [COUNTY]
    seal.acknowledged([at(COUNTY, "intake", 6), at(TOWN, "intake", 4)])
    assert nodes(list(await seal.idle())) == [COUNTY]


async def test_a_quiet_node_of_a_busy_site_is_sealed_whatever_the_others_say() -> None:
    """Each node is sealed when its own last checkpoint is thirty seconds old."""
    clock = [0.0]
    seal = Checkpoints((COUNTY, TOWN), KEY, lambda: AT, Counters().lease, clock=lambda: clock[0])
    await seal.begin([at(TOWN, "intake", 3)])
    assert nodes(list(await seal.due())) == [COUNTY, TOWN], "at the start nobody has spoken yet"
    said: list[str] = []
    for second in range(1, 91):
        clock[0] = float(second)
        await seal.records([at(COUNTY, "intake", second)])
        seal.acknowledged([at(COUNTY, "intake", second)])
        said += nodes(list(await seal.due()))
    assert said == [TOWN, TOWN, TOWN], "after 30, 60 and 90 seconds"


async def test_no_more_counters_are_leased_than_are_used_while_nothing_happens() -> None:
    counters, clock = Counters(), [0.0]
    seal = Checkpoints((COUNTY, TOWN), KEY, lambda: AT, counters.lease, clock=lambda: clock[0])
    await seal.begin([])
    for second in range(60):
        clock[0] = float(second)
        await seal.due()
    assert counters.leased == {COUNTY: LEASE, TOWN: LEASE}
