"""Limits as bars: how much of the time from start to due has gone by, which part of it did not count, where the yellow card was given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from libs.words import CLOCKS, clock_number, word
from services.dashboard.views.shared import ShownRow, moment

Span = tuple[datetime, datetime]
THREE: Final = ("promised", "statutory", "step")
"""The kinds of clocks that have a bar, in their order; of several of a kind, the one that runs, or that started last."""


class Bar(NamedTuple):
    """A limit as `kit.clock` draws it; shares are of the time from start to due, or until now where it has no due."""

    clock: str
    label: str
    due_at: datetime | None
    used: float
    stops: tuple[tuple[float, float], ...]
    mark: float | None
    tone: str
    says: str
    detail: str
    """How it ended; empty while it has not."""


def drawn(clocks: Sequence[ShownRow]) -> list[ShownRow]:
    """The clocks that have a bar."""
    by_kind = ([clock for clock in clocks if clock["kind"] == kind and clock["start"]] for kind in THREE)
    return [max(found, key=lambda clock: (not clock["ended_at"], clock["start"])) for found in by_kind if found]


def bars(clocks: Sequence[ShownRow], now: datetime) -> list[Bar]:
    """The bars of a case: promise, law, step. Procedures of Art. 45 have clocks of their own, which say when days did not count."""
    stops = [_span(clock, now) for clock in clocks if clock["kind"] == "suspension" and clock["start"]]
    return [_bar(clock, stops, now) for clock in drawn(clocks)]


def _span(clock: ShownRow, now: datetime) -> Span:
    start = moment(clock["start"]) or now
    return start, max(start, moment(clock["ended_at"]) or now)


def _bar(clock: ShownRow, stops: Sequence[Span], now: datetime) -> Bar:
    start, ended = _span(clock, now)
    due_at = moment(clock["due_at"])
    end = max(due_at or ended, start)

    def at(instant: datetime) -> float:
        return min(max((instant - start) / (end - start), 0.0), 1.0) if end > start else 1.0

    hatched = tuple((at(first), at(last)) for first, last in stops if at(first) < at(last))
    yellow = moment(clock["yellow_at"])
    label = " ".join(filter(None, (word(clock["kind"], CLOCKS), clock_number(clock["clock"]), clock["label"])))
    tone = "bad" if clock["red_at"] or (due_at and ended > due_at) else "warn" if yellow else "ok"
    stopped = f"，其间 {len(hatched)} 次依法不计时" if hatched else ""
    says = f"{label}时限：{clock['state_text']}，起算到期限已过 {at(ended):.0%}{stopped}"
    detail = clock["state_text"] if clock["ended_at"] else ""
    return Bar(clock["clock"], label, due_at, at(ended), hatched, at(yellow) if yellow else None, tone, says, detail)
