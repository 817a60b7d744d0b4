"""The list of cases on real PostgreSQL: however the facts of a history were batched, it says what the rules say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from hypothesis import HealthCheck, example, settings, strategies
from hypothesis import given as whenever

from libs.contracts import phases
from libs.database import working
from libs.testkit.house import House
from services.intake.case import CASE, Command, settled
from services.intake.http.reading import read_at
from services.intake.tests import stories as s
from services.intake.tests.listing import CUTS, batches, listed, records
from services.intake.tests.test_properties import told
from services.intake.views import case_row
from services.intake.views.cases import CASES

STORIES = s.all_stories()
EARLY = read_at(s.at("2004-01-01"), s.CALENDAR)
"""Before any limit of a story has passed."""
MOMENTS = [s.at("2007-03-12", "23:59"), s.at("2007-03-13", "00:00"), s.at("2007-03-22", "00:00")]
"""When the silence after the filing, and that after a return, has passed or not."""
HOUSE_STAYS = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
"""One house for all examples; the table is emptied before each."""


async def check_batches(house: House, history: s.Told, cuts: Iterable[int]) -> None:
    """After every batch the table's row is the merged one, and what people see is what the rules say."""
    (view,) = house.service.views
    await house.inside.execute("delete from cases")
    events = records(history)
    for begin, end in batches(history, cuts):
        async with working(house.pool, "test") as connection:
            await view.apply(connection, events[begin:end])
        so_far = history[:end]
        state, row, shown = CASE.fold(so_far), listed(so_far, cuts), await case_row(house.inside, s.NUMBER, EARLY)
        (kept,) = (await CASES.load(house.inside, [s.NUMBER])).values()
        facts = [type(event).__name__ for event in so_far]
        assert dict(kept) == asdict(row), facts
        assert shown is not None
        assert shown["phase"] == state.phase.value, facts
        assert shown["suspended"] == (bool(state.suspensions.open) and not phases().ended(shown["phase"])), facts
        assert shown["version"] == end
        for moment in MOMENTS:
            now, by_then = settled(state, moment, s.CALENDAR), await case_row(house.inside, s.NUMBER, read_at(moment, s.CALENDAR))
            assert by_then is not None
            assert (by_then["phase"], by_then["accepted_at"]) == (now.phase.value, now.taking_up.effective), (facts, moment)


async def test_every_story_fact_by_fact_and_at_once(house: House) -> None:
    for history in STORIES.values():
        await check_batches(house, history, cuts=())
        await check_batches(house, history, cuts=range(1, len(history)))
    assert await house.inside.fetchval("select count(*) from cases") == 1


@HOUSE_STAYS
@whenever(name=strategies.sampled_from(sorted(STORIES)), cuts=CUTS)
async def test_every_story_however_it_was_cut(house: House, name: str, cuts: set[int]) -> None:
    await check_batches(house, STORIES[name], cuts)
    assert await house.inside.fetchval("select version from cases") == len(STORIES[name])


@HOUSE_STAYS
@whenever(commands=told, cuts=CUTS)
@example(commands=[s.accept(), s.suspend(), s.start_step(), s.examine(), s.resume()], cuts={3, 4, 6})
@example(commands=[s.accept(), s.suspend(), s.withdraw(), s.close(), s.imported(s.resume())], cuts={3, 4, 5})
@example(commands=[s.imported(s.close()), s.imported(s.suspend()), s.imported(s.accept())], cuts={2, 3})
@example(commands=[s.refuse_acceptance(), s.close(), s.imported(s.withdraw())], cuts={1, 2, 3})
async def test_every_history_however_it_was_cut(house: House, commands: list[Command], cuts: set[int]) -> None:
    history = s.went_on(commands, s.SITE_VISIT, s.REVIEW, s.SIGN)
    await check_batches(house, history, cuts)
    assert await house.inside.fetchval("select version from cases") == len(history)
