"""The roster against what is there: every row is a service that can be built, hears whom its row says, and has its database."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from libs.bus import topics as bus_topics
from libs.contracts import Row, roster, standing
from libs.database import prepare_site, service_url
from libs.testkit.unserved import built

SERVICES = Path(__file__).parents[3] / "services"
NOT_HOSTED = {"cli", "onebox"}
"""Folders of `services/` that run services and are none."""
ROWS = pytest.mark.parametrize("row", roster(), ids=lambda row: row.name)


def test_a_folder_and_a_row_are_a_service() -> None:
    folders = {path.name for path in SERVICES.iterdir() if (path / "__init__.py").exists()} - NOT_HOSTED
    assert folders == {row.name for row in roster()}


def test_who_publishes_has_events() -> None:
    for row in roster():
        events = SERVICES / row.name / "events"
        assert not row.public or events.is_dir() or events.with_suffix(".py").exists(), f"{row.name} publishes, but has no events"


def test_rows_know_each_other_and_the_topics() -> None:
    names = {row.name for row in roster()}
    full = {topic.name for topic in bus_topics(["511525"])}
    for row in roster():
        assert row.at in {"site", "city"}, row
        assert row.database in {"own", "logs", "none"}, row
        assert set(row.neighbours) <= {other.name for other in roster() if other.public}, row
        assert set(row.raw) <= full, row
        assert {said for said in row.publishes if said not in names} <= full, row
        assert not (row.database == "none" and (row.public or row.neighbours)), f"{row.name} has nowhere to keep its log or its cursors"


def test_the_citys_own_stand_at_the_city_only_and_the_link_outlives_what_it_reads() -> None:
    assert {row.name for row in standing("city")} - {row.name for row in standing("site")} == {"hub"}
    names = [row.name for row in standing("site")]
    readers = [row.name for row in standing("site") if row.database == "logs"]
    assert readers == ["link"]
    assert all(names.index("link") < names.index(row.name) for row in standing("site") if row.public)


@ROWS
async def test_a_service_is_built_from_a_context_alone(row: Row) -> None:
    service = await built(row)
    assert service.name == row.name
    if row.database == "none":  # what is said to a database at the end needs one
        for step in service.closing:
            await step()


@ROWS
async def test_a_service_hears_whom_its_row_says(row: Row) -> None:
    service = await built(row)
    heard = {name for hears in service.hears for name in hears.reader.services}
    assert heard == set(row.neighbours)
    assert (service.takes is not None) == bool(row.raw)
    if row.database == "none":  # what is said to a database at the end needs one
        for step in service.closing:
            await step()


def test_every_service_that_publishes_has_a_topic_at_every_site() -> None:
    found = [topic.name for topic in bus_topics(["511500", "511525"])]
    public = [row.name for row in roster() if row.public]
    assert found == [*(f"{site}.{name}.v1" for site in ("511500", "511525") for name in public), "city.stream.v1"]


@pytest.mark.server
async def test_the_databases_of_a_site_are_those_of_its_rows(database: str) -> None:
    assert await prepare_site(database, "site") == [row.name for row in standing("site") if row.database != "none"]
    link = await asyncpg.connect(service_url(database, "link"))
    for row in standing("site"):
        if row.public:
            assert await link.fetch(f"select * from {row.name}.event") == []
    await link.close()
    intake = await asyncpg.connect(service_url(database, "intake"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await intake.execute("select * from catalogue.event")
    await intake.close()
