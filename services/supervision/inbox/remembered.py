"""What supervision remembers of each case, in rows that commit with the inbox's cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Final

from libs.decider import record
from libs.views import Connection, Table
from services.supervision.finding.acts import CaseFiled
from services.supervision.finding.detectors import Deed, KnownAct, WatchedCase, watched


@record
class LogCase:
    """A row of the table: a case of an imported log, and the virtual time it lives in. The sums of a log are told by it."""

    case: str
    timeline: str


KNOWN_ACTS: Final = Table.of("known_act", KnownAct, key=("case", "place", "evidence"))
LOG_CASES: Final = Table.of("log_case", LogCase, key=("case",))

# LATERAL with LIMIT keeps the index scan in plans made while the table was empty.
_KNOWN: Final = f"""
select f.* from unnest($1::text[]) as wanted ("case")
cross join lateral (
    select {KNOWN_ACTS.columns} from known_act where known_act."case" = wanted."case" order by place limit 100000
) f"""


async def remembered(connection: Connection, cases: Sequence[str]) -> dict[str, WatchedCase]:
    """What is remembered of these cases: the acts heard before, looked through anew in the order recorded."""
    acts: dict[str, list[KnownAct]] = {case: [] for case in cases}
    for row in await connection.fetch(_KNOWN, cases) if cases else ():
        acts[row["case"]].append(KnownAct(**{**row, "deed": Deed(row["deed"])}))
    return {case: reduce(watched, known, WatchedCase()) for case, known in acts.items()}


async def remember(connection: Connection, before: Mapping[str, WatchedCase], after: Mapping[str, WatchedCase]) -> None:
    """Writes the acts that were added to the cases."""
    await KNOWN_ACTS.add(connection, [act for case, now in after.items() for act in now.acts[len(before[case].acts) :]])


async def keep_log_cases(connection: Connection, filed: Sequence[CaseFiled]) -> None:
    """Writes, of the cases that were filed, those of an imported log with the time they live in."""
    await LOG_CASES.add(connection, [LogCase(case=fact.case, timeline=fact.timeline) for fact in filed if fact.timeline])
