"""Who may ask for what: every act and every post, as the data says, through the door and through `decide`; on real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import pytest

from libs.authority import ACTS, NO_GRANTS, Grant, Grants, Post, posted
from libs.testkit.house import COUNTY, LAST, TOWN, House
from services.intake.case import NAMES, Command, possible
from services.intake.case.acceptance import DeemAccepted
from services.intake.events import StepRole
from services.intake.http import ROUTES
from services.intake.tests import stories as s
from services.intake.tests.counter import DECLINED, ITEM, file
from services.intake.tests.stories import given

PEOPLE: Final = [*(post.value for post in Post), "stranger"]
"""Every post at the county, and the stranger, who has every post elsewhere."""
NEW: Final = {f"/intake/nodes/{COUNTY}/cases": "intake.file", f"/intake/nodes/{COUNTY}/imports": "intake.import-cases"}
"""What begins cases."""
READ: Final = {
    "/intake/cases/{case}": "intake.read-cases",
    f"/intake/nodes/{COUNTY}/cases": "intake.read-cases",
    f"/intake/nodes/{COUNTY}/counts": "intake.read-cases",
    "/intake/replay?log=receipt": "intake.read-replay",
}
DONE: Final[dict[str, tuple[s.Told, Command]]] = {
    "Accept": (s.filed(), s.accept()),
    "RefuseAcceptance": (s.filed(), s.refuse_acceptance()),
    "RequestCorrections": (s.filed(), s.request_corrections()),
    "ReturnCorrections": (s.told_to_correct(), s.return_corrections()),
    "StartStep": (s.accepted(), s.start_step()),
    "HandOver": (s.examining(), s.hand_over()),
    "FinishStep": (s.examining(), s.examine()),
    "SendBack": (s.approving(), s.send_back()),
    "SuspendClocks": (s.accepted(), s.suspend()),
    "ResumeClocks": (s.suspended(), s.resume()),
    "CallOffSuspension": (s.announced(), s.call_off()),
    "ExtendLimit": (s.accepted(), s.extend()),
    "Decide": (s.approved(), s.decide()),
    "Deliver": (s.decided(), s.deliver()),
    "Withdraw": (s.filed(), s.withdraw()),
    "Close": (s.delivered(), s.close()),
    "File": ([], s.file()),
}
"""Every act of an officer, where it is taken."""
ROLES: Final = {"StartStep": "intake.examine", "FinishStep": "intake.examine"}
"""What is done with the step, where an act is one with a step."""
ITEM_OF: Final = s.pinned().item


def may_do(act: str) -> set[str]:
    return {post.value for post in ACTS[act].posts}


async def let_in(house: House, method: str, path: str) -> set[str]:
    """Everybody who is not turned away at once, whatever comes of it; who is, is told why in one sentence."""
    answers = {by: await house.http.request(method, path, headers=house.headers(by) | {"Idempotency-Key": by}) for by in PEOPLE}
    assert all(answer.status_code < 500 for answer in answers.values())
    turned_away = [answer for answer in answers.values() if answer.status_code == 403]
    assert all("的授权" in answer.json()["detail"] for answer in turned_away)
    return {by for by, answer in answers.items() if answer not in turned_away}


@pytest.mark.parametrize("part", ROUTES)
async def test_over_http_an_act_is_open_to_the_posts_of_the_data_and_no_others(house: House, part: str) -> None:
    case = (await file(house))["case"]
    assert await let_in(house, "POST", f"/intake/cases/{case}/{part}") == may_do(ROUTES[part].act)


async def test_cases_begin_and_are_read_as_the_data_says(house: House) -> None:
    case = (await file(house))["case"]
    await house.shown()
    assert {path: await let_in(house, "POST", path) for path in NEW} == {path: may_do(act) for path, act in NEW.items()}
    assert {path: await let_in(house, "GET", path.format(case=case)) for path in READ} == {path: may_do(act) for path, act in READ.items()}


async def test_what_an_auditor_reads_is_recorded_and_nobody_elses(house: House) -> None:
    path = f"/intake/cases/{(await file(house))['case']}"
    await house.shown()
    for by in ("clerk", "leader", "auditor"):
        await house.get(path, by=by)
    await house.get(path, by="citizen", status=403)
    assert house.reads == [("auditor-1", "intake.read-cases", COUNTY, path)]


def test_every_act_of_an_officer_is_tried() -> None:
    assert set(DONE) == {command.__name__ for command in NAMES if command is not DeemAccepted}


@pytest.mark.parametrize("name", DONE)
@pytest.mark.parametrize("post", Post)
def test_decide_asks_for_the_post(name: str, post: Post) -> None:
    history, command = DONE[name]
    happened = given(history).when(replace(command, grants=Grants(posted([post], [COUNTY], last=LAST))))
    if post in ACTS[NAMES[type(command)]].posts and (name not in ROLES or post in ACTS[ROLES[name]].posts):
        happened.taken()
    else:
        happened.refused("not-authorised")


def anybody(*, node: str = COUNTY, first: date = date(2007, 1, 1), last: date = LAST, item: str = "") -> Grants:
    return Grants(
        Grant(post=post, nodes=(node,), items=(item,) if item else (), first=first, last=last, document="高政授〔2007〕1号")
        for post in Post
    )


@pytest.mark.parametrize("name", DONE)
def test_a_grant_for_another_item_node_or_day_is_none(name: str) -> None:
    history, command = DONE[name]
    day = command.at.date()
    given(history).when(replace(command, grants=anybody(item=ITEM_OF, first=day, last=day))).taken()
    for grants, because in (
        (NO_GRANTS, "没有「"),
        (anybody(item="B"), f"的授权限于事项 B，不及于事项 {ITEM_OF}"),
        (anybody(node=TOWN), f"的授权限于 {TOWN}，不及于 {COUNTY}"),
        (anybody(last=day - timedelta(days=1)), "到期（高政授〔2007〕1号）"),
        (anybody(first=day + timedelta(days=1)), "起才有效（高政授〔2007〕1号）"),
    ):
        assert because in given(history).when(replace(command, grants=grants)).refused("not-authorised").because


def test_turn_is_asked_before_authority_and_what_the_act_says_after_it() -> None:
    given(s.decided()).when(replace(s.accept(), grants=NO_GRANTS)).then()
    given(s.decided()).when(replace(s.suspend(), grants=NO_GRANTS)).refused("already-decided")
    given(s.accepted()).when(replace(s.suspend(notice=""), grants=NO_GRANTS)).refused("not-authorised")
    given(s.accepted()).when(s.suspend(notice="")).refused("not-notified")


@pytest.mark.parametrize(
    ("history", "command", "role"),
    [
        (s.accepted(), s.start_step(), StepRole.EXAMINE),
        (s.examining(), s.examine(), StepRole.EXAMINE),
        (s.examined(), s.start_approving(), StepRole.APPROVE),
        (s.approving(), s.approve(), StepRole.APPROVE),
    ],
)
@pytest.mark.parametrize("post", [Post.EXAMINER, Post.APPROVER, Post.CHIEF_REPRESENTATIVE])
def test_a_step_is_done_by_who_was_given_what_it_is(history: s.Told, command: Command, role: StepRole, post: Post) -> None:
    """Nobody here had to do with the case before: that an examiner approves nothing rests on no other rule."""
    act = {StepRole.EXAMINE: "intake.examine", StepRole.APPROVE: "intake.approve"}[role]
    happened = given(history).when(replace(command, grants=Grants(posted([post], [COUNTY]))))
    told = possible(replace(command, grants=Grants(posted([post], [COUNTY]))), given(history).state)[type(command)]
    if post in ACTS[act].posts:
        happened.taken()
        assert told is None
    else:
        no = happened.refused("not-authorised")
        assert no.because.startswith(f"没有「{ACTS[act].word}」的授权")
        assert told == no.because


@pytest.mark.parametrize(("post", "given_to"), [(Post.EXAMINER, True), (Post.APPROVER, False)])
def test_an_examining_step_is_handed_to_examiners_only(post: Post, *, given_to: bool) -> None:
    happened = given(s.examining()).when(replace(s.hand_over(), to_grants=Grants(posted([post], [COUNTY]))))
    happened.taken() if given_to else happened.refused("staff-unknown")


def test_a_record_and_time_are_not_asked() -> None:
    given(s.filed()).when(s.imported(replace(s.decide(), grants=NO_GRANTS))).taken()
    given(s.filed()).when(replace(s.deem_accepted("2007-03-13"), grants=NO_GRANTS)).taken()


@pytest.mark.parametrize("name", DONE)
def test_why_an_act_is_not_offered_is_why_it_is_refused(name: str) -> None:
    history, command = DONE[name]
    if name == "File":
        return
    told = possible(replace(command, grants=NO_GRANTS), given(history).state)[type(command)]
    assert told == given(history).when(replace(command, grants=NO_GRANTS)).refused("not-authorised").because
    assert possible(command, given(history).state)[type(command)] is None


def test_a_step_is_handed_to_somebody_who_may_finish_it_for_this_item() -> None:
    given(s.examining()).when(replace(s.hand_over(), to_grants=anybody(item=ITEM_OF))).taken()
    given(s.examining()).when(replace(s.hand_over(), to_grants=anybody(item="B"))).refused("staff-unknown")


async def test_the_door_lets_in_whom_decide_refuses_for_the_item(house: House) -> None:
    case = (await file(house))["case"]
    grant = Grant(post=Post.CLERK, nodes=(COUNTY,), items=("B",), document="高政授〔2007〕2号")
    house.hire("of another item", grant)
    refused = await house.post(f"/intake/cases/{case}/refusal-to-accept", DECLINED, by="of another item", status=409)
    assert refused["code"] == "not-authorised"
    assert refused["title"] == f"「不予受理」的授权限于事项 B，不及于事项 {ITEM}（P-authorisation）"


async def test_a_grant_of_yesterday_opens_nothing_today(house: House) -> None:
    case, today = (await file(house))["case"], house.today()
    house.hire("until today", Grant(post=Post.CLERK, nodes=(COUNTY,), last=today, document="高政授〔2007〕3号"))
    await house.shown()
    await house.get(f"/intake/cases/{case}", by="until today")
    house.pass_days(1)
    refused = await house.get(f"/intake/cases/{case}", by="until today", status=403)
    assert (
        refused["detail"]
        == f"until today（until today-1）：「查阅办件」的授权已于 {today.year}年{today.month}月{today.day}日 到期（高政授〔2007〕3号）"
    )
