"""Who may register and publish what: the editor of the item, at the node, on the day; asked by `decide`, not by the door alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from libs.authority import ACTS, NO_GRANTS, Grant, Grants, Post, posted
from libs.testkit.house import COUNTY, LAST, House
from services.catalogue.tests.stories import (
    NODE,
    TODAY,
    end_import,
    given_import,
    given_item,
    given_procedure,
    publish,
    register,
    registered,
)
from services.catalogue.tests.test_http import ITEM, PROCEDURE

ASKED: dict[str, tuple[Any, Any]] = {
    "catalogue.register-item": (given_item, register()),
    "catalogue.import-items": (given_item, replace(register(), act="catalogue.import-items")),
    "catalogue.publish-procedure": (given_procedure, publish()),
}


def editing(*, item: str = "511A", node: str = NODE, first: date = TODAY, last: date = TODAY, post: Post = Post.EDITOR) -> Grants:
    return Grants([Grant(post=post, items=(item,), nodes=(node,), first=first, last=last, document="高政授〔2026〕1号")])


def test_everything_that_changes_the_catalogue_is_asked() -> None:
    assert set(ASKED) == {name for name, row in ACTS.items() if name.startswith("catalogue.") and not row.reads}


@pytest.mark.parametrize("act", ASKED)
def test_an_editor_of_one_item_edits_no_other_and_nowhere_else_and_on_no_other_day(act: str) -> None:
    given, command = ASKED[act]
    given().when(replace(command, grants=editing())).taken()
    for grants, because in (
        (NO_GRANTS, "没有「"),
        (editing(post=Post.CLERK), "没有「"),
        (editing(item="511B"), "的授权限于事项 511B，不及于事项 511A"),
        (editing(node="511526"), f"的授权限于 511526，不及于 {NODE}"),
        (editing(first=TODAY - timedelta(days=9), last=TODAY - timedelta(days=1)), "到期（高政授〔2026〕1号）"),
        (editing(first=TODAY + timedelta(days=1), last=TODAY + timedelta(days=1)), "起才有效（高政授〔2026〕1号）"),
    ):
        no = given().when(replace(command, grants=grants)).refused("not-authorised")
        assert ACTS[act].word in no.because
        assert because in no.because


def test_a_list_is_ended_by_an_editor() -> None:
    given_import().when(end_import()).taken()
    given_import().when(replace(end_import(), grants=NO_GRANTS)).refused("not-authorised")
    given_import().when(replace(end_import(), grants=Grants(posted([Post.EDITOR], ["511526"])))).refused("not-authorised")


def test_personal_data_is_refused_before_anybody_is_asked_and_what_stands_so_already_is_no_act() -> None:
    given_item().when(replace(register(name="王某 138 0013 8000"), grants=NO_GRANTS)).refused("personal-data")
    given_procedure().when(replace(publish(basis="王某 138 0013 8000"), grants=NO_GRANTS)).refused("personal-data")
    given_item(registered()).when(replace(register(), grants=NO_GRANTS)).then()


@pytest.mark.server
async def test_the_door_lets_in_whom_decide_refuses_for_the_item(house: House) -> None:
    path = f"/catalogue/nodes/{COUNTY}"
    house.hire("of another item", Grant(post=Post.EDITOR, nodes=(COUNTY,), items=("B",), last=LAST, document="高政授〔2007〕2号"))
    assert (await house.post(f"{path}/items", ITEM, by="of another item", status=409))["code"] == "not-authorised"
    await house.post(f"{path}/items", ITEM, by="editor", status=201)
    refused = await house.post(f"{path}/procedures", PROCEDURE, by="of another item", status=409)
    assert refused["title"] == f"「公布实施办法」的授权限于事项 B，不及于事项 {ITEM['item']}（P-authorisation）"
