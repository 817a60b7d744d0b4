"""Clocks and proofs over HTTP, and that the proof agrees with the arithmetic."""

from __future__ import annotations

from datetime import date

import pytest

from libs.testkit.house import COUNTY
from libs.testkit.neighbours import moment
from libs.workdays import Ledger as Days
from libs.workdays import Stop as Stopped
from libs.workdays import WorkingDays, derive, explain
from services.deadline import ticker
from services.deadline.app import subject
from services.deadline.clock import ACTOR
from services.deadline.clock.starting import clock_of
from services.deadline.tests.living import Living
from services.deadline.tests.stories import CALENDAR, CASE, LATER_NOTICE, end

pytestmark = pytest.mark.server
PROMISED = f"clock:{CASE}:promised"


async def worked(living: Living) -> None:
    await living.hear(await living.files())
    await living.told("CaseAccepted", "2007-03-06", effective=moment("2007-03-06"), by="decision")
    await living.told("ClocksSuspended", "2007-03-08", number=1, reason="testing", first="2007-03-08")
    await living.told("ClocksResumed", "2007-03-13", number=1, last="2007-03-13")


async def test_the_proof_is_derived_anew_and_agrees_with_the_arithmetic(living: Living) -> None:
    await worked(living)
    living.house.time = moment("2007-03-27")
    await living.house.shown()
    await living.ticker.tick("", living.house.time)
    found = await living.get(f"/clocks/{PROMISED}/proof")
    ledger = Days(moment("2007-03-06"), WorkingDays(10), (Stopped(date(2007, 3, 8), date(2007, 3, 13)),))
    due = derive(ledger, CALENDAR)
    assert (found["due_date"], found["due_at"]) == ("2007-03-26", "2007-03-27T00:00:00+08:00")
    assert due.due_date is not None
    assert found["due_date"] == due.due_date.isoformat()
    days = [(day["date"], day["counted"], day["reason"], day["reason_zh"], day["number"]) for day in found["days"]]
    assert days == [(day.date.isoformat(), day.counted, day.reason, day.reason_zh, day.number) for day in explain(ledger, CALENDAR)]
    assert sum(day["counted"] for day in found["days"]) == 10
    assert [day["date"] for day in found["days"] if day["reason"] == "stopped"] == [f"2007-03-{n:02d}" for n in range(8, 14)]
    assert found["stops"] == [{"reason": "testing", "first": "2007-03-08", "last": "2007-03-13"}]
    assert [(rung["rung"], rung["generation"]) for rung in found["rungs"]] == [("reminder", 1), ("yellow", 1), ("red", 1)]
    assert found["trigger"].startswith("urn:liandong:511525:intake#1#")
    assert found["article"]
    assert found["calendar"] == CALENDAR.version
    assert (found["budget_text"], found["state"], found["late"]) == ("10 个工作日", "open", True)
    row = await living.row("promised")
    assert row["due_at"] == "2007-03-26T16:00:00Z"


async def test_the_proof_of_a_standing_clock_shows_the_days_until_now(living: Living) -> None:
    await living.hear(await living.files())
    await living.told("CaseAccepted", "2007-03-06", effective=moment("2007-03-06"), by="decision")
    await living.told("ClocksSuspended", "2007-03-08", number=1, reason="testing", first="2007-03-08")
    living.house.time = moment("2007-03-20")
    found = await living.get(f"/clocks/{PROMISED}/proof")
    assert (found["due_at"], found["state"], found["state_text"], found["late"]) == (None, "stopped", "依法不计时", False)
    assert found["days"][-1]["date"] == "2007-03-20"
    assert found["days"][-1]["reason"] == "stopped"


async def test_the_proof_of_an_instant_has_no_days(living: Living) -> None:
    instants = {"timeline": "receipt", "promised": moment("2011-03-11"), "statutory": None}
    await living.hear(await living.files("2011-03-01", imported=True, instants=instants))
    found = await living.get(f"/clocks/{PROMISED}/proof")
    assert (found["days"], found["inclusive"], found["timeline"], found["state_text"]) == ([], True, "receipt", "计时中")


async def test_a_clock_that_ended_under_a_calendar_which_is_not_there_has_no_proof(living: Living) -> None:
    await living.hear(await living.files())
    name = clock_of(CASE, "correction")
    ending = subject(LATER_NOTICE).intent(name, end("2007-03-08"), actor=ACTOR, correlation=CASE)
    await living.house.logs.of(COUNTY).append(ending)
    problem = await living.get(f"/clocks/{name}/proof", status=500)
    assert (problem["code"], problem["title"]) == ("unknown-calendar", "没有这一版日历，不能推算时限")
    assert problem["version"] == LATER_NOTICE.version


async def test_a_case_shows_its_clocks_with_words(living: Living) -> None:
    await worked(living)
    await living.house.shown()
    rows = await living.get(f"/cases/{CASE}/clocks")
    assert [(row["kind"], row["kind_text"], row["state"]) for row in rows] == [
        ("correction", "补正告知", "ended"),
        ("promised", "承诺时限", "open"),
        ("statutory", "法定时限", "open"),
        ("suspension", "依法不计时所需时间", "ended"),
    ]


async def test_what_is_due_at_a_node_most_urgent_first(living: Living) -> None:
    await worked(living)
    await living.house.shown()
    found = await living.get(f"/nodes/{COUNTY}/due", until=moment("2007-12-31").isoformat())
    assert [row["kind"] for row in found["clocks"]] == ["promised", "statutory"]
    assert (await living.get(f"/nodes/{COUNTY}/due"))["clocks"] == []


async def test_who_may_ask(living: Living) -> None:
    await worked(living)
    await living.get(f"/clocks/{PROMISED}/proof", by="clerk")
    await living.get(f"/clocks/{PROMISED}/proof", by="stranger", status=403)
    await living.get(f"/cases/{CASE}/clocks", by="stranger", status=403)
    await living.get("/replay", by="clerk", status=403, log="receipt")
    await living.advance("receipt", moment("2012-01-01"), by="clerk", status=403)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/clocks/clock:{CASE}:none/proof", 404),
        ("/clocks/clock:999999-20070305-000001-0:promised/proof", 403),
        ("/clocks/whatever/proof", 422),
        ("/cases/999999-20070305-000001-0/clocks", 403),
        ("/cases/511525200-20070305-000001-0/clocks", 404),
        ("/nodes/999999/due", 403),
        ("/replay", 422),
    ],
)
async def test_what_is_not_there_is_said_clearly(living: Living, path: str, status: int) -> None:
    await living.get(path, status=status)


async def test_status_counts_the_clocks_that_wait_for_a_tick(living: Living) -> None:
    await living.hear(await living.files())
    await living.house.shown()
    assert await living.house.service.status["clocks_overdue"]() == 0
    living.house.time = moment("2007-03-12")
    assert await living.house.service.status["clocks_overdue"]() == 1


@pytest.mark.parametrize(
    "source",
    [
        "",
        "urn:liandong:511525",
        "urn:liandong:511525:intake\u0000",
        f"urn:liandong:511525:{'x' * 90}",
        "urn:liandong:511526:intake",
        "urn:liandong:511525:catalogue",
        "urn:liandong:511525:deadline",
    ],
    ids=["empty", "no service", "NUL", "long", "of another site", "of who is not heard", "its own"],
)
async def test_what_can_never_be_heard_here_is_refused_and_not_waited_for(living: Living, source: str) -> None:
    """It was busy for ever: a replay would have asked again and again."""
    body = {"to": "2007-03-12T00:00:00Z", "heard": [{"source": source, "sequence": 0}, {"source": source, "sequence": 1}]}
    answer = await living.house.http.post("/deadline/timelines/receipt/advance", json=body, headers=living.house.headers("operator"))
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "body.heard.0.source")


async def test_a_position_that_was_not_heard_yet_is_said_to_be_that(living: Living, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticker, "HEARING", 0.1)
    fact = await living.files()
    answer = await living.advance("receipt", moment("2007-03-12"), fact, status=503)
    assert (answer.json()["code"], answer.json()["title"]) == ("not-heard-yet", "所说的经过还没有全部听到，请稍后再试")
    await living.hear(fact)
    ahead = {"to": "2007-03-12T00:00:00Z", "heard": [{"source": fact.source, "sequence": 9}, {"source": fact.source, "sequence": 1}]}
    again = await living.house.http.post("/deadline/timelines/receipt/advance", json=ahead, headers=living.house.headers("operator"))
    assert again.status_code == 503, "of two positions of one feed, both count"
