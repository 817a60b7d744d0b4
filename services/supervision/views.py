"""What supervision shows: cards and findings from its own log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from libs.eventlog import Codec
from libs.views import Connection, Logged, Table, View
from services.supervision.events import CardIssued, FindingRaised

CARDS_VIEW: Final = "cards"
FINDINGS_VIEW: Final = "findings"
"""The names of the views."""
ISSUED_CARDS: Final = Table.of("cards", CardIssued, key=("card",))
RAISED_FINDINGS: Final = Table.of("findings", FindingRaised, key=("finding",))


def cards_view(codec: Codec) -> View:
    """The view of cards over supervision's own log; `codec` reads its events."""

    async def apply(connection: Connection, events: Sequence[Logged]) -> None:
        await ISSUED_CARDS.add(connection, [card for card in map(codec.decode, events) if isinstance(card, CardIssued)])

    return View(CARDS_VIEW, apply, frozenset({codec.name(CardIssued)}), codec.types)


def findings_view(codec: Codec) -> View:
    """The view of findings over supervision's own log; `codec` reads its events."""

    async def apply(connection: Connection, events: Sequence[Logged]) -> None:
        await RAISED_FINDINGS.add(connection, [finding for finding in map(codec.decode, events) if isinstance(finding, FindingRaised)])

    return View(FINDINGS_VIEW, apply, frozenset({codec.name(FindingRaised)}), codec.types)


# --- queries ----------------------------------------------------------------------------------------------------------------------


async def cards_at(rows: Connection, node: str, before: datetime, limit: int) -> list[dict[str, Any]]:
    """The cards of a node given before an instant, newest first."""
    where = "where node = $1 and at < $2 order by at desc, card limit $3"
    return [dict(row) for row in await rows.fetch(f"select {ISSUED_CARDS.columns} from cards {where}", node, before, limit)]


async def findings_at(rows: Connection, node: str, before: datetime, limit: int) -> list[dict[str, Any]]:
    """The findings of a node first seen before an instant, newest first."""
    where = "where node = $1 and at < $2 order by at desc, finding limit $3"
    return [dict(row) for row in await rows.fetch(f"select {RAISED_FINDINGS.columns} from findings {where}", node, before, limit)]


async def of_case(rows: Connection, case: str) -> dict[str, list[dict[str, Any]]]:
    """Cards and findings of a case, oldest first."""
    cards = await rows.fetch(f'select {ISSUED_CARDS.columns} from cards where "case" = $1 order by at, card', case)
    findings = await rows.fetch(f'select {RAISED_FINDINGS.columns} from findings where "case" = $1 order by at, finding', case)
    return {"cards": [dict(row) for row in cards], "findings": [dict(row) for row in findings]}


_FOUND: Final = """
select detector, count(distinct "case") as count from findings join log_case using ("case") where timeline = $1 group by detector order by detector"""
_GIVEN: Final = """
select colour, count(*) as count from cards join log_case using ("case") where timeline = $1 group by colour order by colour"""


async def replay(rows: Connection, timeline: str) -> dict[str, dict[str, int]]:
    """Cases found per detector, under whatever versions of its rule, and cards per colour, of an imported log."""
    found, given = await rows.fetch(_FOUND, timeline), await rows.fetch(_GIVEN, timeline)
    return {"findings": {row["detector"]: row["count"] for row in found}, "cards": {row["colour"]: row["count"] for row in given}}
