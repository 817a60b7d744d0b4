"""What pages ask costs under row-level security what it cost before: of 100,000 rows of 300 nodes none is gone through that is not asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg
import msgspec
import pytest

from libs.database import open_pool, prepare, reading
from services.deadline import views as deadline
from services.hub.views import archive, city
from services.intake import views as intake
from services.supervision import views as supervision

pytestmark = pytest.mark.server
NODES: Final = tuple(str(511525100 + n) for n in range(300))
NODE: Final = NODES[7]
CASE: Final = f"{NODE}-20261123-000007-1"
ROWS: Final = 100_000
AT: Final = datetime(2026, 11, 23, 1, tzinfo=UTC)
NOW: Final = intake.Now(datetime(2007, 1, 1, tzinfo=UTC), [AT] * intake.LONGEST)
OF: Final = "(511525100 + n % 300)::text as node, (511525100 + n % 300) || '-20261123-' || lpad(n::text, 6, '0') || '-1' as number, n"
FROM: Final = f"from (select {OF} from generate_series(1, {ROWS}) n) x"
FILLED: Final[Mapping[str, Sequence[str]]] = {
    "intake": (
        f"""insert into cases (number, node, year, serial, phase, officer, version, filed_at, closed_at)
        select number, node, 2026, n, 'accepted', '', 1, $1::timestamptz, case when n % 10 > 0 then $1 end {FROM}""",
    ),
    "deadline": (
        f"""insert into clocks (clock, "case", kind, label, node, department, department_uscc, post, officer, start, due_at, provisional,
            state, stops, generation, timeline, imported, reds)
        select 'clock:' || number || ':promised', number, 'promised', '', node, '', '', '', '', $1, $1::timestamptz + n * interval '1 minute', false,
            'open', '', 0, '', false, 0 {FROM}""",
    ),
    "supervision": (
        f"""insert into cards select n, number, 'red', '', 'promised', node, '', '', '', '', 0, 0, $1,
            '', $1::timestamptz - n * interval '1 minute', false {FROM}""",
    ),
    "hub": (
        f"""insert into city_case (number, node, filed_at) select number, node, $1::timestamptz - n * interval '1 minute' {FROM}""",
        f"""insert into city_card select n, node, number, 'red', '', '', '', '', $1, $1::timestamptz - n * interval '1 minute', false {FROM}""",
        f"""insert into city_feed (source, epoch, node) select 'urn:liandong:' || node || ':intake', 1, node {FROM}
            where n <= 300 and $1::timestamptz is not null""",
        f"""insert into archive select 1 + (n - 1) % 300, n, n, '', '', $1, $1, '', '', number, '', '', '', n, '' {FROM}""",
    ),
}
"""The rows of each service; `$1` is a moment."""
Asks = Callable[[Any], Awaitable[Any]]
ASKED: Final[Mapping[str, Asks]] = {
    "intake case": lambda rows: intake.case_row(rows, CASE, NOW),
    "intake list": lambda rows: intake.case_page(rows, NODE, "", "", 50, NOW),
    "intake counts": lambda rows: intake.counts(rows, NODE),
    "deadline clocks": lambda rows: deadline.clocks_of(rows, CASE),
    "deadline due": lambda rows: deadline.due_at_node(rows, NODE, AT.replace(year=2030), 200),
    "supervision case": lambda rows: supervision.of_case(rows, CASE),
    "supervision cards": lambda rows: supervision.cards_at(rows, NODE, AT, 50),
    "hub city": lambda rows: city.city(rows, NODES, AT),
    "hub case": lambda rows: city.case(rows, CASE),
    "hub timeline": lambda rows: archive.of_case(rows, CASE),
    "hub feed": lambda rows: archive.page(rows, (f"urn:liandong:{NODE}:intake", 1), 0, 2**63 - 1, 10),
}


class Explained:
    """A connection that keeps the plan of everything it is asked."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows
        self.plans: list[Any] = []

    async def fetch(self, query: str, *values: Any) -> Any:
        self.plans += msgspec.json.decode(await self._rows.fetchval(f"explain (analyze, format json) {query}", *values))
        return await self._rows.fetch(query, *values)

    async def fetchrow(self, query: str, *values: Any) -> Any:
        found = await self.fetch(query, *values)
        return found[0] if found else None


def scanned(plan: Any) -> list[str]:
    """The tables of which a plan reads far more rows than a page has."""
    node = plan.get("Plan", plan)
    read = node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
    here = [f"{node['Node Type']} of {node['Relation Name']}: {read:.0f}"] if "Relation Name" in node and read > 5000 else []
    return [*here, *(fault for inner in node.get("Plans", ()) for fault in scanned(inner))]


@pytest.mark.parametrize("service", FILLED)
async def test_nothing_is_gone_through_that_is_not_asked_for(service: str, database: str) -> None:
    pool = await open_pool(await prepare(database, service), service)
    owner = await asyncpg.connect(database, server_settings={"search_path": service, "app.work": "test"})
    for statement in FILLED[service]:
        await owner.execute(statement, AT)
    await owner.execute("analyze")
    await owner.close()
    wrong: dict[str, list[str]] = {}
    for what, asks in ((what, asks) for what, asks in ASKED.items() if what.startswith(service)):
        for nodes in ((NODE,), NODES):
            async with reading(pool, nodes) as rows:
                explained = Explained(rows)
                found = await asks(explained)
            assert found, what
            assert explained.plans, what
            if faults := [fault for plan in explained.plans for fault in scanned(plan)]:
                wrong[f"{what}, {len(nodes)} nodes"] = faults
    await pool.close()
    assert wrong == {}
