"""Who may ask for what: one table, held against the table of acts, and over HTTP for every act and every role; on real PostgreSQL."""

from __future__ import annotations

from typing import Final

from libs.testkit.house import COUNTY, House
from libs.web import Role
from services.intake.http import ROUTES
from services.intake.tests.counter import file

WHO: Final = {
    "acceptance": ("Accept", {"clerk"}),
    "refusal-to-accept": ("RefuseAcceptance", {"clerk"}),
    "corrections-notice": ("RequestCorrections", {"clerk"}),
    "corrections-return": ("ReturnCorrections", {"clerk"}),
    "steps/start": ("StartStep", {"examiner", "approver"}),
    "steps/hand-over": ("HandOver", {"examiner", "approver"}),
    "steps/done": ("FinishStep", {"examiner", "approver"}),
    "steps/send-back": ("SendBack", {"approver"}),
    "suspension": ("SuspendClocks", {"approver"}),
    "resumption": ("ResumeClocks", {"approver"}),
    "suspension/call-off": ("CallOffSuspension", {"approver"}),
    "extension": ("ExtendLimit", {"approver"}),
    "decision": ("Decide", {"approver"}),
    "delivery": ("Deliver", {"clerk"}),
    "withdrawal": ("Withdraw", {"clerk"}),
    "close": ("Close", {"clerk"}),
}
"""The last part of the path → the command, and the roles that may ask for it."""
NEW: Final = {f"/intake/nodes/{COUNTY}/cases": {"clerk"}, f"/intake/nodes/{COUNTY}/imports": {"site", "operator"}}
"""What begins cases."""
EVERYBODY: Final = {role.value for role in Role}
PEOPLE: Final = [*sorted(EVERYBODY), "stranger"]
"""Every role at the county, and the stranger, who has every role elsewhere."""


def test_an_act_is_asked_for_by_these_roles_and_no_others() -> None:
    assert {part: (route.command.__name__, {role.value for role in route.roles}) for part, route in ROUTES.items()} == WHO


async def let_in(house: House, method: str, path: str) -> set[str]:
    """Everybody who is not turned away at once, whatever comes of it."""
    answers = {by: await house.http.request(method, path, headers=house.headers(by) | {"Idempotency-Key": by}) for by in PEOPLE}
    assert all(answer.status_code < 500 for answer in answers.values())
    return {by for by, answer in answers.items() if answer.status_code != 403}


async def test_over_http_an_act_is_refused_to_every_other_role(house: House) -> None:
    case = (await file(house))["case"]
    asked = {part: await let_in(house, "POST", f"/intake/cases/{case}/{part}") for part in WHO}
    assert asked == {part: roles for part, (_, roles) in WHO.items()}


async def test_cases_begin_with_a_clerk_or_an_import(house: House) -> None:
    assert {path: await let_in(house, "POST", path) for path in NEW} == NEW


async def test_whoever_works_for_a_node_reads_its_cases(house: House) -> None:
    case = (await file(house))["case"]
    await house.shown()
    for path in (f"/intake/cases/{case}", f"/intake/nodes/{COUNTY}/cases", f"/intake/nodes/{COUNTY}/counts"):
        assert await let_in(house, "GET", path) == EVERYBODY
    assert await let_in(house, "GET", "/intake/replay?log=receipt") & EVERYBODY == {"site", "operator"}
