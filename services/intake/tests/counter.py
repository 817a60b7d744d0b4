"""What the tests over HTTP do at intake's counter."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from libs.testkit.house import COUNTY, MONDAY, TOWN, House, expect, open_house
from libs.testkit.neighbours import Neighbour
from libs.testkit.people import applying, keep
from libs.wire import Recorded
from services.intake.app import build

ITEM: Final = "511A00001"
DECLINED: Final = {
    "reason": "not-ours",
    "agency": {"uscc": "11511525008792022Y", "name": "高县农业农村局"},
    "explanation": "不属于本机关职权范围",
}
VISIT: Final = {"name": "现场核查", "post": "审查岗", "role": "work", "limit_days": 5, "two_officers": True}
REVIEW: Final = {"name": "审查", "post": "审查岗", "role": "examine", "limit_days": 3, "two_officers": False}
SIGN: Final = {"name": "核准", "post": "核准岗", "role": "approve", "limit_days": 1, "two_officers": False}


def opened(database: str, process: str = "p1") -> AbstractAsyncContextManager[House]:
    """Intake over `database`; opening it again with another `process` is a restart."""
    return open_house(build, database, name="intake", process=process)


def catalogue_says() -> Neighbour:
    return Neighbour("catalogue", [COUNTY, TOWN], now=lambda: MONDAY)


async def published(catalogue: Neighbour, item: str = ITEM, *, node: str = COUNTY, effective: str = "2007-01-01", **more: Any) -> Recorded:
    """A procedure of a visit, an examining and an approving step, in force from `effective`."""
    said = {"name": "取水许可", "version": 1, "promised_days": 10, "steps": [VISIT, REVIEW, SIGN], **more}
    return await catalogue.says("ProcedurePublished", item=item, by_node=node, effective=effective, **said)


async def file(house: House, node: str = COUNTY, *, key: str = "", item: str = ITEM, status: int = 201) -> dict[str, Any]:
    """A case at the counter."""
    applicant = await keep(house.vault, node, key=key)
    form = {"item": item, "channel": "counter", "materials": ["申请书"], **applying(applicant)}
    return await house.post(f"/intake/nodes/{node}/cases", form, by="clerk", key=key, status=status)


async def show(house: House, done: dict[str, Any], by: str = "clerk") -> dict[str, Any]:
    """The case as its page shows it after an act."""
    found: dict[str, Any] = await house.get(f"/intake/cases/{done['case']}", by=by, seen=done)
    return found


def offered(shown: dict[str, Any]) -> set[str]:
    """The acts that who asked is offered."""
    return {act["act"] for act in shown["possible"] if act["because"] is None}


async def all_offered(house: House, done: dict[str, Any]) -> set[str]:
    """The acts that are offered to the people of a case, each to those whose they are."""
    return {act for by in ("clerk", "examiner", "approver") for act in offered(await show(house, done, by))}


async def listed(house: House, behind: str = "", **params: Any) -> dict[str, Any]:
    """A page of the county's list, behind a number."""
    answer = await house.http.get(f"/intake/nodes/{COUNTY}/cases", params={"after": behind, **params}, headers=house.headers("clerk"))
    found: dict[str, Any] = expect(answer, 200)
    return found
