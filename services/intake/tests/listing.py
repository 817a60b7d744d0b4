"""The list of cases over batches, without a server: cut anywhere, merged as the view's own SQL does (tests/test_batches.py holds both together)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from hypothesis import strategies

from libs.contracts import phases
from libs.wire import Recorded, genesis, origin
from services.intake.app import CODEC
from services.intake.events import CaseEvent
from services.intake.tests import stories as s
from services.intake.views import ListedCase

NODE: Final = "511525"
CUTS: Final = strategies.sets(strategies.integers(1, 40), max_size=12)
"""Behind which facts of a history a batch ends."""


def records(history: s.Told) -> list[Recorded]:
    """The history as it stands in the log, as far as views look at it."""
    return [record_of(n, event) for n, event in enumerate(history, 1)]


def record_of(n: int, event: CaseEvent) -> Recorded:
    return Recorded(
        source=origin(NODE, "intake"),
        epoch=1,
        sequence=n,
        id=str(n),
        type=CODEC.name(type(event)),
        subject=event.case,
        version=n,
        time=event.at,
        recordedtime=event.at,
        actor=event.officer,
        prevhash=genesis(),
        hash=genesis(),
        data=CODEC.encode(event),
    )


def batches(history: s.Told, cuts: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where each batch begins and ends."""
    ends = sorted({cut for cut in cuts if cut < len(history)} | {len(history)})
    yield from zip([0, *ends], ends, strict=False)


def listed(history: s.Told, cuts: Iterable[int] = ()) -> ListedCase:
    """The row of a case after a history that came in batches."""
    known: ListedCase | None = None
    for begin, end in batches(history, cuts):
        said = ListedCase(s.NUMBER)
        for version in range(begin, end):
            said.fold(history[version], version + 1)
        known = merged(known, said) if known else said
    assert known is not None
    return known


def merged(known: ListedCase, said: ListedCase) -> ListedCase:
    """What becomes of a known row when a batch says more of its case: what `known` of the table `cases` says in SQL."""
    closed = known.phase == phases().closed
    return replace(
        known,
        phase=known.phase if closed or not said.phase else said.phase,
        suspensions=known.suspensions + said.suspensions,
        outcome=said.outcome or known.outcome,
        officer=said.officer,
        accepted_at=said.accepted_at or known.accepted_at,
        decided_at=said.decided_at or known.decided_at,
        finished_at=known.finished_at or said.finished_at,
        closed_at=said.closed_at or known.closed_at,
        received_at=said.received_at or known.received_at,
        version=said.version,
    )
