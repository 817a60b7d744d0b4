"""Serials are leased without gaps and settled once (P-case-number)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given as anything
from hypothesis import strategies
from stdnum.iso7064 import mod_11_10

from libs.testkit.given import Given
from services.intake.events import NumbersLeased, NumbersVoided
from services.intake.http.numbering import case_number
from services.intake.numbers import LAST, NUMBERS, Command, LeaseNumbers, VoidNumbers, claimed, parts
from services.intake.numbers.allocator import BLOCK, LARGEST, Allocator

given = Given(NUMBERS)
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def lease(size: int = 50, process: str = "p1") -> LeaseNumbers:
    return LeaseNumbers(year=2026, size=size, process=process, at=AT)


def leased(first: int, last: int, process: str = "p1") -> NumbersLeased:
    return NumbersLeased(year=2026, first=first, last=last, process=process, at=AT)


def void(*unused: int, process: str = "p1") -> VoidNumbers:
    return VoidNumbers(year=2026, process=process, unused=unused, at=AT)


def test_blocks_follow_each_other_without_a_gap() -> None:
    given().when(lease()).then(leased(1, 50))
    given(leased(1, 50)).when(lease(process="p2")).then(leased(51, 100, "p2"))


def test_a_year_has_six_digits_of_serials() -> None:
    given(leased(1, LAST - 10)).when(lease()).then(leased(LAST - 9, LAST))
    given(leased(1, LAST)).when(lease()).refused("numbers-used-up")


def test_what_a_process_left_is_voided_and_the_year_goes_on_behind_it() -> None:
    story = given(leased(1, 50)).when(void(49, 50)).then(NumbersVoided(year=2026, serials=(49, 50), process="p1", next=51, at=AT)).history
    given(story).when(lease(process="p2")).then(leased(51, 100, "p2"))
    given(leased(1, 50)).when(void()).then()


@anything(strategies.lists(strategies.sampled_from([lease(), lease(7, "p2"), void(1), void()]), min_size=2, max_size=8))
def test_the_last_event_says_all_that_is_needed(commands: list[Command]) -> None:
    history = given().when(lease(), *commands).history()
    assert NUMBERS.fold(history) == NUMBERS.fold(history[-1:])


def test_serials_are_claimed_one_by_one() -> None:
    assert claimed(2026, 7, 8) == ["2026|7", "2026|8"]


def test_what_nobody_leased_is_not_voided() -> None:
    given(leased(1, 50)).when(void(51)).refused("not-leased")


@anything(strategies.integers(1, LAST), strategies.sampled_from(["511500", "511525", "511525100"]))
def test_a_number_carries_its_node_its_day_its_serial_and_a_check_digit_over_all(serial: int, node: str) -> None:
    number = case_number(node, date(2026, 11, 23), serial)
    assert parts(number) == (node, 2026, serial)
    assert number.startswith(f"{node}-20261123-{serial:06d}-")
    assert mod_11_10.is_valid(number.replace("-", ""))


# --- what a process holds ---------------------------------------------------------------------------------------------------------------


def test_serials_are_given_out_in_order_and_a_returned_one_first() -> None:
    held = Allocator()
    assert not held
    held.add(51, 53, now=0.0)
    assert [held.take(), held.take()] == [51, 52]
    held.give_back(52)
    assert [held.take(), held.take()] == [52, 53]
    assert not held


def test_serials_that_many_gave_back_at_once_are_given_out_in_order_again() -> None:
    held = Allocator()
    held.add(51, 54, now=0.0)
    for serial in [held.take() for _ in range(3)]:
        held.give_back(serial)
    assert [held.take() for _ in range(4)] == [51, 52, 53, 54]


def test_a_block_used_up_within_a_second_is_followed_by_one_of_twice_its_size() -> None:
    held, now, first, sizes = Allocator(), 1000.0, 1, []
    for _ in range(8):
        size = held.wanted(now)
        sizes.append(size)
        held.add(first, first + size - 1, now)
        first, now = first + size, now + 0.9
    assert sizes == [50, 100, 200, 400, 800, 1600, 1600, 1600]
    assert held.wanted(now + 5.0) == LARGEST, "one that lasts longer is followed by its like"
    assert held.wanted(now + 10.0) == BLOCK, "ten seconds later it is an ordinary one again"


def test_the_next_block_is_due_when_half_of_this_one_is_used() -> None:
    held = Allocator()
    held.add(51, 100, now=0.0)
    for _ in range(24):
        held.take()
    assert not held.low
    held.take()
    assert held.low
    held.add(101, 150, now=20.0)
    assert not held.low
    assert held.take() == 76


def test_a_block_that_was_voided_takes_the_blocks_before_it_along_and_none_behind() -> None:
    held = Allocator()
    held.add(1, 50, now=0.0)
    held.add(101, 150, now=20.0)
    held.add(201, 250, now=40.0)
    held.lost(101)
    assert held.left() == tuple(range(201, 251))
    held.lost(120)
    assert held.take() == 201


def test_the_last_block_of_a_year_is_followed_by_none() -> None:
    held = Allocator()
    held.add(LAST - 1, LAST, now=0.0)
    held.take()
    assert not held.low
