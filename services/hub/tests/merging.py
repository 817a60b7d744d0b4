"""The city's row of a case over batches, without a server: merged as the table's own SQL does (tests/contracts/test_city_rows.py holds both)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from libs.contracts import phases
from libs.wire import Recorded
from services.hub.inbox.rows import fold
from services.hub.views import CityCase

T = TypeVar("T")


def city_row(batches: Iterable[Sequence[Recorded]]) -> CityCase:
    """The row of the one case that these events are of, after they came in batches."""
    known: CityCase | None = None
    for events in batches:
        folded = fold(events)
        assert folded.not_shown == []
        for said in folded.cases.values():
            known = merged(known, said) if known else said
    assert known is not None
    return known


def merged(known: CityCase, said: CityCase) -> CityCase:
    """What becomes of a known row when facts of intake say more of its case: what `known` of the table `city_case` says in SQL."""
    closed = known.phase == phases().closed
    return replace(
        known,
        item=first(said.item, known.item),
        item_name=first(said.item_name, known.item_name),
        phase=known.phase if closed else first(said.phase, known.phase),
        suspensions=known.suspensions + said.suspensions,
        filed_at=first(said.filed_at, known.filed_at),
        decided_at=first(said.decided_at, known.decided_at),
        closed_at=first(said.closed_at, known.closed_at),
        finished_at=first(known.finished_at, said.finished_at),
        imported=known.imported or said.imported,
        ref=first(said.ref, known.ref),
        timeline=first(said.timeline, known.timeline),
    )


def first(one: T | None, other: T | None) -> T | None:
    """The first of both that says anything: SQL's `coalesce`."""
    return other if one is None else one
