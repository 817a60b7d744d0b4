"""What supervision remembers of each case, for the detectors, in rows that commit with the inbox's cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from libs.views import Column, Connection, Table
from services.supervision.finding.acts import WatchedCase
from services.supervision.finding.detectors import Deed, KnownAct

KNOWN_ACT: Final = Table(
    "known_act",
    Column("case", "text", key=True),
    Column("epoch", "integer", key=True),
    Column("sequence", "bigint", key=True),
    Column("source", "text"),
    Column("deed", "text"),
    Column("officer", "text"),
    Column("at", "timestamptz"),
    Column("imported", "boolean"),
)
LOG_CASE: Final = Table("log_case", Column("case", "text", key=True), Column("timeline", "text"))

# LATERAL with LIMIT keeps the index scan in plans made while the table was empty.
_KNOWN: Final = f"""
select f.* from unnest($1::text[]) as wanted ("case")
cross join lateral (
    select {KNOWN_ACT.columns} from known_act where known_act."case" = wanted."case" order by epoch, sequence limit 100000
) f"""


async def remembered(connection: Connection, cases: Sequence[str]) -> dict[str, WatchedCase]:
    """The acts on these cases that were heard before, in the order recorded. The time they live in decides nothing and is not loaded."""
    facts: dict[str, list[KnownAct]] = {case: [] for case in cases}
    for row in await connection.fetch(_KNOWN, cases) if cases else ():
        facts[row["case"]].append(KnownAct(**{**row, "deed": Deed(row["deed"])}))
    return {case: WatchedCase(acts=tuple(found)) for case, found in facts.items()}


async def remember(connection: Connection, before: Mapping[str, WatchedCase], after: Mapping[str, WatchedCase]) -> None:
    """Keeps what was added; the rows commit with the cursor."""
    logs = [{"case": case, "timeline": now.timeline} for case, now in after.items() if now.timeline]
    await LOG_CASE.add(connection, logs)
    await KNOWN_ACT.add(connection, [fact for case, now in after.items() for fact in now.acts[len(before[case].acts) :]])
