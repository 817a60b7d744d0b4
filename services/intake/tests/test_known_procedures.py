"""The procedures that a process remembers for some seconds: never beyond the moment in which it heard of a new version."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from typing import Any, cast

import msgspec

from libs.host import Context
from libs.testkit.house import COUNTY, MONDAY, SITE
from services.intake.events import Pinned
from services.intake.http.filing import KnownProcedures
from services.intake.tests.procedures import pinned

ITEM = pinned().item


class View:
    """The view of versions, read as it stands at the beginning of a look; a look ends when the test lets it."""

    def __init__(self, *known: Pinned) -> None:
        self.known, self.looks = list(known), 0
        self.ends = asyncio.Event()

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[View]:
        yield self

    async def execute(self, _statement: str) -> None:
        return None

    def is_closed(self) -> bool:
        return False

    async def fetch(self, _query: str, _line: list[str], _item: str) -> list[dict[str, Any]]:
        self.looks += 1
        found = [{"effective": date(2007, 1, 1), "pinned": msgspec.json.encode(one)} for one in self.known]
        await self.ends.wait()
        return found


def version(number: int) -> Pinned:
    return replace(pinned(), procedure_version=number)


def procedures(view: View) -> KnownProcedures:
    nothing = cast(Any, None)
    return KnownProcedures(Context(site=SITE, logs=nothing, pool=cast(Any, view), now=lambda: MONDAY, current=nothing, process="one"))


async def test_what_was_being_looked_up_while_a_version_was_heard_is_not_remembered() -> None:
    view = View(version(1))
    known = procedures(view)
    asked = asyncio.create_task(known.pin(COUNTY, ITEM, MONDAY))
    await asyncio.sleep(0)
    view.known.insert(0, version(2))
    known.forget()
    view.ends.set()
    assert (await asked).procedure_version == 1, "asked before"
    assert (await known.pin(COUNTY, ITEM, MONDAY)).procedure_version == 2


async def test_a_version_is_looked_up_once_in_some_seconds_and_anew_when_one_is_heard() -> None:
    view = View(version(1))
    view.ends.set()
    known = procedures(view)
    for _ in range(3):
        await known.pin(COUNTY, ITEM, MONDAY)
    assert view.looks == 1
    known.forget()
    await known.pin(COUNTY, ITEM, MONDAY)
    assert view.looks == 2
