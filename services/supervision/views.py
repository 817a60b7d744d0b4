"""What supervision shows: cards and findings from its own log; and what it has heard of each case, for the detectors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec

from libs.eventlog import Codec
from libs.views import Connection, Pool, View
from libs.wire import Recorded
from services.supervision.events import CardIssued, FindingRaised

CARDS: Final = "cards"
FINDINGS: Final = "findings"
"""The names of the views."""

_CARD: Final = """card, "case", colour, clock, clock_kind, node, officer, generation, overdue, due_at, evidence, at, imported"""
_CARDS: Final = f"""
insert into cards ({_CARD})
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[], $9::integer[],
                     $10::timestamptz[], $11::text[], $12::timestamptz[], $13::boolean[])"""
_FINDING: Final = """finding, detector, rule_version, "case", node, officers, evidence, at, imported"""
_FINDINGS: Final = f"insert into findings ({_FINDING}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)"


def cards_view(codec: Codec) -> View:
    """The view over supervision's own log; `codec` reads its events."""

    async def apply(connection: Connection, events: Sequence[Recorded]) -> None:
        cards = [card for card in map(codec.decode, events) if isinstance(card, CardIssued)]
        if cards:
            fields = [field.replace('"', "") for field in _CARD.split(", ")]
            await connection.execute(_CARDS, *([_plain(getattr(card, field)) for card in cards] for field in fields))

    return View(CARDS, apply)


def findings_view(codec: Codec) -> View:
    """The view over supervision's own log; `codec` reads its events."""

    async def apply(connection: Connection, events: Sequence[Recorded]) -> None:
        found = [finding for finding in map(codec.decode, events) if isinstance(finding, FindingRaised)]
        fields = [field.replace('"', "") for field in _FINDING.split(", ")]
        rows = [tuple(_plain(getattr(finding, field)) for field in fields) for finding in found]
        await connection.executemany(_FINDINGS, rows)

    return View(FINDINGS, apply)


def _plain(value: object) -> object:
    """As the database has it: the value of an enumeration, a list for a tuple."""
    return list(value) if isinstance(value, tuple) else getattr(value, "value", value)


# --- queries ----------------------------------------------------------------------------------------------------------------------


async def cards_at(pool: Pool, node: str, before: datetime, limit: int) -> list[dict[str, Any]]:
    """The cards of a node given before an instant, newest first."""
    where = "where node = $1 and at < $2 order by at desc, card limit $3"
    return [dict(row) for row in await pool.fetch(f"select {_CARD} from cards {where}", node, before, limit)]


async def findings_at(pool: Pool, node: str, before: datetime, limit: int) -> list[dict[str, Any]]:
    """The findings of a node first seen before an instant, newest first."""
    where = "where node = $1 and at < $2 order by at desc, finding limit $3"
    return [dict(row) for row in await pool.fetch(f"select {_FINDING} from findings {where}", node, before, limit)]


async def of_case(pool: Pool, case: str) -> dict[str, list[dict[str, Any]]]:
    """Cards and findings of a case, oldest first."""
    cards = await pool.fetch(f'select {_CARD} from cards where "case" = $1 order by at, card', case)
    findings = await pool.fetch(f'select {_FINDING} from findings where "case" = $1 order by at, finding', case)
    return {"cards": [dict(row) for row in cards], "findings": [dict(row) for row in findings]}


_FOUND: Final = """
select detector, count(*) as count from findings join heard_case using ("case") where timeline = $1 and timeline <> ''
group by detector order by detector"""
_GIVEN: Final = """
select colour, count(*) as count from cards join heard_case using ("case") where timeline = $1 and timeline <> ''
group by colour order by colour"""


async def replay(pool: Pool, timeline: str) -> dict[str, dict[str, int]]:
    """Findings per detector and cards per colour of an imported log."""
    found, given = await pool.fetch(_FOUND, timeline), await pool.fetch(_GIVEN, timeline)
    return {"findings": {row["detector"]: row["count"] for row in found}, "cards": {row["colour"]: row["count"] for row in given}}


# --- what was heard of cases ------------------------------------------------------------------------------------------------------


class HeardFact(msgspec.Struct, frozen=True):
    """An act on a case as it was heard. Facts of one case come from one feed, so `epoch` and `sequence` are the order recorded."""

    case: str
    epoch: int
    sequence: int
    source: str
    deed: str
    officer: str
    at: datetime
    imported: bool


_FACT: Final = """"case", epoch, sequence, source, deed, officer, at, imported"""
# LATERAL with LIMIT keeps the index scan in plans made while the table was empty.
_KNOWN: Final = f"""
select f.* from unnest($1::text[]) as wanted ("case")
cross join lateral (
    select {_FACT} from case_fact where case_fact."case" = wanted."case" order by epoch, sequence limit 100000
) f"""
_KEEP: Final = f"""
insert into case_fact ({_FACT})
select * from unnest($1::text[], $2::integer[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::boolean[])
on conflict do nothing"""
_OPEN: Final = """
insert into heard_case ("case", node, timeline) select * from unnest($1::text[], $2::text[], $3::text[]) on conflict do nothing"""


async def known_facts(connection: Connection, cases: Sequence[str]) -> dict[str, list[HeardFact]]:
    """What was heard of these cases before, in the order recorded."""
    found: dict[str, list[HeardFact]] = {case: [] for case in cases}
    for row in await connection.fetch(_KNOWN, cases):
        found[row["case"]].append(HeardFact(*row.values()))
    return found


async def keep_facts(connection: Connection, facts: Sequence[HeardFact]) -> None:
    """Remembers; the rows commit with the cursor."""
    await connection.execute(_KEEP, *([getattr(fact, field) for fact in facts] for field in HeardFact.__struct_fields__))


async def keep_cases(connection: Connection, cases: Sequence[tuple[str, str, str]]) -> None:
    """Remembers which case stands at which node and in which virtual time: (case, node, timeline)."""
    await connection.execute(_OPEN, *map(list, zip(*cases, strict=True)))
