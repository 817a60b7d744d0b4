"""The bench's own arithmetic: percentiles, waits, ratios, the comparison with an earlier run. No server, no clock."""

from __future__ import annotations

import asyncio
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.choosing import FULL, NAMES, QUICK, Sizes, is_full
from tests.bench.commanded import HERE
from tests.bench.compare import change, compared
from tests.bench.figures import NEVER, due_moments, percent_of_a_core, percentile, total_at, waits
from tests.bench.line import Line, request
from tests.bench.report import Beside, Row, figure, figures

ROW = Row("relay", "raw producer", 0.6, "events/s", [50.0, 70.0, 60.0], [100.0, 100.0, 100.0])
SECONDS = Row("commands", "–", 0.4, "s", [0.3, 0.5, 0.4], lower=True)


def test_a_percentile_is_the_nearest_rank() -> None:
    hundred = list(range(1, 101))
    assert [percentile(hundred, share) for share in (0.0, 0.01, 0.5, 0.95, 0.99, 1.0)] == [1, 1, 50, 95, 99, 100]
    assert percentile([7.0], 0.99) == 7.0
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.5)


@given(st.lists(st.floats(0, 1e6), min_size=1), st.floats(0.01, 1))
def test_at_least_the_share_lies_at_or_below_a_percentile(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert sum(value <= found for value in values) >= math.floor(share * len(values))
    assert found in values


def test_a_command_waits_from_its_due_moment_to_the_first_look_that_saw_its_number() -> None:
    seen = [(1.0, {"a": 3}), (1.5, {"a": 5, "b": 1}), (2.0, {"b": 2})]
    marks = [(0.9, "a", 3), (0.9, "a", 4), (1.2, "b", 2), (1.9, "b", 3), (1.0, "c", 1)]
    assert waits(marks, seen) == [pytest.approx(100), pytest.approx(600), pytest.approx(800), NEVER, NEVER]


def test_what_was_seen_is_added_up_over_all_feeds() -> None:
    seen = [(1.0, {"a": 3}), (1.5, {"a": 5, "b": 1}), (2.0, {"b": 2})]
    assert [total_at(moment, seen) for moment in (0.5, 1.0, 1.7, 9.0)] == [0, 3, 6, 7]


def test_commands_are_due_at_even_distances() -> None:
    assert due_moments(10.0, 4, 1.0) == [10.0, 10.25, 10.5, 10.75]


def test_cpu_is_told_in_percent_of_a_core_also_of_what_came_later() -> None:
    assert percent_of_a_core({"city": 1.0}, {"city": 2.0, "county": 0.5}, 2.0) == {"city": 50.0, "county": 25.0}


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    assert (ROW.ratios, ROW.middle, ROW.met) == ([0.5, 0.7, 0.6], 0.6, True)
    assert replace(ROW, theirs=[100.0, 140.0, 60.0]).middle == 0.5
    assert not replace(ROW, bar=0.61).met


def test_where_less_is_better_a_bar_is_met_from_below() -> None:
    assert (SECONDS.middle, SECONDS.met, replace(SECONDS, bar=0.39).met) == (0.4, True, False)


def test_a_line_says_what_was_measured_and_what_the_machine_did() -> None:
    line = replace(ROW, beside=Beside({"PostgreSQL": 34.4, "load": 9.0}, 2.14), note="from the ring").line()
    assert line == (
        "| relay | raw producer | ≥ 0.6 × | 0.60 (0.50–0.70) | 60 / 100 events/s | yes | PostgreSQL 34, load 9 | 2.1 | from the ring |"
    )
    assert replace(ROW, bar=0.8).line().count("**no**") == 1
    assert replace(ROW, bar=None).line() == "| relay | raw producer | – | 0.60 (0.50–0.70) | 60 / 100 events/s | – |  |  |  |"


@pytest.mark.parametrize(
    ("sizes", "wanted", "checkout", "so"),
    [
        (FULL, set(), HERE, True),
        (replace(FULL, rounds=7), set(), HERE, True),
        (replace(FULL, rounds=2), set(), HERE, False),
        (replace(FULL, seconds=5.0), set(), HERE, False),
        (QUICK, set(), HERE, False),
        (FULL, {"relay"}, HERE, False),
        (FULL, set(), HERE.parent, False),
    ],
)
def test_only_a_full_run_of_this_checkout_is_written_down(sizes: Sizes, wanted: set[str], checkout: Path, so: bool) -> None:
    assert is_full(sizes, wanted, checkout) is so


@pytest.mark.parametrize(("value", "text"), [(0.123, "0.12"), (99.994, "99.99"), (1234.5, "1,234")])
def test_a_figure_has_as_many_digits_as_are_read(value: float, text: str) -> None:
    assert figure(value) == text


def kept(*rows: Row) -> dict[str, Any]:
    """What a run leaves behind, as another run reads it."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(figures(rows, 3)))
    return found


def test_the_same_run_again_is_as_it_was() -> None:
    lines = compared([ROW, SECONDS], kept(ROW, SECONDS))
    assert [line.rpartition(": ")[2] for line in lines if " / " in line] == ["as it was (1.00)", "as it was (1.00)"]


def test_ratios_come_first_and_worse_is_said_loudly() -> None:
    slower, quicker = replace(ROW, ours=[30.0, 30.0, 30.0]), replace(SECONDS, ours=[0.2, 0.2, 0.2])
    lines = compared([quicker, slower], kept(ROW, SECONDS))
    told = [line for line in lines if " / " in line]
    assert told[0].endswith("0.30 ×, was 0.60: WORSE (0.50)")
    assert told[1].endswith("0.20 s, was 0.40: better (2.00)")


def test_a_row_that_nobody_measured_before_is_new() -> None:
    assert compared([ROW], kept(SECONDS))[-2].endswith("(new)")


@pytest.mark.parametrize(("row", "ours", "times"), [(ROW, [120.0] * 3, 2.0), (SECONDS, [0.8] * 3, 0.5)])
def test_a_change_above_one_is_better_whichever_way_the_row_looks(row: Row, ours: list[float], times: float) -> None:
    assert change(replace(row, ours=ours), kept(row)["rows"][row.key])[1] == pytest.approx(times)


def test_every_row_has_a_name_of_its_own() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_a_request_has_the_length_of_its_body_in_bytes() -> None:
    said = request("POST", "/x", "token", "key", "审查".encode())
    head, _, body = said.partition(b"\r\n\r\n")
    assert b"\r\nContent-Length: 6\r\nIdempotency-Key" not in head
    assert head.endswith(b"Content-Length: 6")
    assert body.decode() == "审查"


class Wire:
    """A connection that keeps what is written to it."""

    def __init__(self) -> None:
        self.written = b""

    def write(self, data: bytes) -> None:
        """Keeps it."""
        self.written += data


@pytest.mark.parametrize("cuts", [[], [1], [20], [40, 41], [60]])
async def test_an_answer_is_read_however_it_was_cut(cuts: list[int]) -> None:
    line, wire = Line(), Wire()
    line._transport = wire  # type: ignore[assignment]  # all that asking needs of it
    whole = b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    asking = asyncio.ensure_future(line.ask(b"?"))
    await asyncio.sleep(0)
    assert wire.written == b"?"
    for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True):
        line.data_received(whole[start:end])
    assert await asking == (201, b"{}")
