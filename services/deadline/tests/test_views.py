"""What the tables show of a clock, fact by fact, and that what has nothing to say leaves the queue."""

from __future__ import annotations

from typing import Any

import pytest

from libs.database import working
from libs.testkit.house import COUNTY
from libs.testkit.neighbours import moment
from services.deadline.app import subject
from services.deadline.clock import ACTOR, Command
from services.deadline.clock.heard import PinnedLimits
from services.deadline.clock.known import KnownCase, OpenStop
from services.deadline.clock.starting import StartClock
from services.deadline.events import ClockKind
from services.deadline.inbox.remembered import keep_cases, known_cases
from services.deadline.tests.living import Living
from services.deadline.tests.stories import CALENDAR, CASE, DEPARTMENT, came, cancel, end, extend, resume, start, stop, taken_up, tick
from services.deadline.views import waiting_by

pytestmark = pytest.mark.server
CLOCKS = subject(CALENDAR)
BEFORE = (moment("2000-01-01"), "")


async def asked(living: Living, *commands: Command) -> dict[str, Any]:
    """A clock as it is shown after the commands; without a start among them, the promised one of 10 days that runs already."""
    begun = next((command for command in commands if isinstance(command, StartClock)), start())
    for command in commands:
        await living.house.logs.of(COUNTY).append(CLOCKS.intent(begun.clock, command, actor=ACTOR))
    return await living.row(begun.kind.value)


async def speaks(living: Living) -> list[Any]:
    """The instants at which clocks of real time speak next."""
    return [waiting.fires_at for waiting in await waiting_by(living.house.pool, "", moment("2030-01-01"), BEFORE, 10)]


async def test_a_clock_that_was_started_is_open_and_waits_for_its_reminder(living: Living) -> None:
    row = await asked(living, start())
    assert (row["state"], row["due_at"], row["reds"], row["late"]) == ("open", "2007-03-19T16:00:00Z", 0, None)
    assert await speaks(living) == [moment("2007-03-16T00:00")]


async def test_stopped_it_has_no_due_instant_and_leaves_the_queue_resumed_it_is_back(living: Living) -> None:
    row = await asked(living, start(), stop("2007-03-08", heard="2007-03-05"))
    assert (row["state"], row["due_at"], row["state_text"]) == ("open", None, "计时中")
    living.house.pass_days(3)
    row = await living.row("promised")
    assert (row["state"], row["due_at"], row["state_text"]) == ("stopped", None, "依法不计时")
    assert await speaks(living) == []
    row = await asked(living, resume("2007-03-13"))
    assert (row["state"], row["due_at"], row["generation"]) == ("open", "2007-03-23T16:00:00Z", 1)
    assert await speaks(living) == [moment("2007-03-22T00:00")]


async def test_extended_it_is_due_later(living: Living) -> None:
    row = await asked(living, start(), extend(10, "2007-03-08"))
    assert (row["due_at"], row["generation"]) == ("2007-04-02T16:00:00Z", 1)


async def test_carried_over_it_shows_how_far_it_had_run_and_waits_for_what_lies_behind(living: Living) -> None:
    row = await asked(living, came(start(), "2007-03-16T09:00"))
    assert (row["state"], row["due_at"], row["ran"], row["carried_at"]) == ("open", "2007-03-19T16:00:00Z", 9, "2007-03-16T01:00:00Z")
    assert await speaks(living) == [moment("2007-03-19T00:00")]


async def test_every_rung_leaves_its_instant_and_the_first_red_stays(living: Living) -> None:
    row = await asked(living, start(), tick("2007-03-27"))
    assert [row[name] for name in ("reminded_at", "yellow_at", "red_at")] == [f"2007-03-{day}T16:00:00Z" for day in (15, 18, 19)]
    assert row["reds"] == 2
    assert "超期" in row["state_text"]
    assert await speaks(living) == [moment("2007-04-03T00:00")]


async def test_ended_late_or_cancelled_it_has_nothing_more_to_say(living: Living) -> None:
    row = await asked(living, start(), end("2007-03-20"))
    assert (row["state"], row["late"], row["ended_at"], row["state_text"]) == ("ended", True, "2007-03-20T02:00:00Z", "已结束，超期")
    row = await asked(living, start(kind=ClockKind.STATUTORY), cancel("2007-03-08"))
    assert (row["state"], row["late"], row["state_text"]) == ("cancelled", None, "不再计时")
    assert await speaks(living) == []


async def test_what_is_known_of_a_case_comes_back_as_it_was_kept(living: Living) -> None:
    limits = PinnedLimits(statutory_days=20, promised_days=10, delivery_days=10, correction_days=5, department=DEPARTMENT)
    bare = KnownCase(case=CASE, limits=limits)
    full = KnownCase(
        case="511525-20070305-000002-0",
        limits=limits,
        timeline="receipt",
        running=("statutory", "step:2"),
        corrections=3,
        stops=tuple(OpenStop(number=n, reason="expert-review", first=moment("2007-03-08").date()) for n in (1, 12)),
        holdings=(taken_up("2007-03-07", officer=""), taken_up("2007-03-08")),
    )
    later = KnownCase(case=CASE, limits=limits, running=("promised",), corrections=1, holdings=(taken_up("2007-03-08"),))
    async with working(living.house.pool, "test") as connection:
        await keep_cases(connection, [bare, full])
        assert await known_cases(connection, [CASE, full.case, "nobody"]) == {CASE: bare, full.case: full}
        await keep_cases(connection, [later])
        assert await known_cases(connection, [CASE]) == {CASE: later}
