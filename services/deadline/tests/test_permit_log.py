"""The permit log's own time, through inbox, rules, view and ticker: every figure and set recomputed straight from the file."""

from __future__ import annotations

from datetime import datetime

import pytest

from libs.testkit.data import Rows, permit_log
from libs.testkit.house import COUNTY, TOWN
from libs.wire import Recorded
from services.deadline.tests.living import Living

pytestmark = pytest.mark.server


def in_the_file(cases: Rows, last: datetime) -> dict[str, set[str]]:
    """With nothing of the platform's code."""
    found: dict[str, set[str]] = {"red": set(), "yellow": set(), "statutory_red": set()}
    for name, (first, *_) in cases.items():
        start, planned, deadline = (
            datetime.fromisoformat(first[f"case:{column}"]) for column in ("startdate", "enddate_planned", "deadline")
        )
        end = datetime.fromisoformat(first["case:enddate"]) if first["case:enddate"] else None
        for key, limit in (("red", planned), ("statutory_red", deadline), ("yellow", start + (planned - start) * 9 / 10)):
            if end > limit if end else limit <= last:
                found[key].add(name)
    found["yellow"] |= found["red"]
    return found


async def facts_of(living: Living, number: str, first: dict[str, str]) -> list[Recorded]:
    """As intake publishes an import; steps start no clocks."""
    instants = {"timeline": "receipt", "promised": first["case:enddate_planned"], "statutory": first["case:deadline"]}
    facts = [await living.files(datetime.fromisoformat(first["case:startdate"]), number, imported=True, instants=instants)]
    if end := first["case:enddate"]:
        facts += [
            await living.intake.says(fact, datetime.fromisoformat(end), number, imported=True) for fact in ("CaseDecided", "CaseClosed")
        ]
    return facts


async def test_the_permit_log_is_as_red_and_as_yellow_as_its_file_says(living: Living) -> None:
    cases = permit_log()
    last = max(datetime.fromisoformat(row["time:timestamp"]) for rows in cases.values() for row in rows)
    numbers = {f"{COUNTY if n % 2 else TOWN}-20110301-{n:06d}-0": name for n, name in enumerate(sorted(cases))}
    facts = [fact for number, name in numbers.items() for fact in await facts_of(living, number, cases[name][0])]
    for begin in range(0, len(facts), 500):
        await living.hear(*facts[begin : begin + 500])
    heard = {fact.source: fact for fact in facts}
    assert (await living.advance("receipt", last, *heard.values()))["ticked"] > 0
    await living.house.shown()
    found: dict[str, set[str]] = {"red": set(), "yellow": set(), "statutory_red": set()}
    for row in await living.house.inside.fetch('select "case", kind, yellow_at, red_at from clocks'):
        name, promised = numbers[row["case"]], row["kind"] == "promised"
        if row["red_at"]:
            found["red" if promised else "statutory_red"].add(name)
        if promised and (row["yellow_at"] or row["red_at"]):
            found["yellow"].add(name)
    assert found == in_the_file(cases, last)
    assert (len(cases), len(found["red"])) == (1434, 430)
    said = await living.get("/replay", log="receipt")
    assert (said["red"], said["yellow"], said["statutory_red"]) == tuple(len(found[key]) for key in ("red", "yellow", "statutory_red"))
    assert sum(row["red"] for row in said["nodes"].values()) == 430
    assert (await living.ticker.tick("receipt", last)).ticked == 0
