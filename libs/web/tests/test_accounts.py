"""Accounts: where somebody may do what, what is kept of a token, and what a file must say."""

from __future__ import annotations

import json
import stat
from datetime import date
from pathlib import Path

import pytest

from libs.authority import Grant, Grants, Post, posted
from libs.forms import Unreadable
from libs.web import Account, Accounts
from libs.web.accounts import NotAllowed

DAY = date(2026, 11, 28)


def test_somebody_may_where_they_were_given_it_and_below() -> None:
    account = Account(staff="C0117", post="窗口", grants=Grants(posted([Post.CLERK], ["511525"])))
    account.must("intake.accept", "511525100", DAY)
    account.must("intake.accept", "511525", DAY)
    with pytest.raises(NotAllowed, match="窗口（C0117）：「受理」的授权限于 511525，不及于 511526"):
        account.must("intake.accept", "511526", DAY)
    with pytest.raises(NotAllowed, match="窗口（C0117）：没有「作出决定」的授权；由核准人员、首席代表办理"):
        account.must("intake.decide", "511525", DAY)


CLERK = posted([Post.CLERK], ["511525"])


@pytest.mark.parametrize(
    ("staff", "grants"), [("", CLERK), ("C0117", ()), ("C0117", posted([Post.CLERK], [""])), ("C0117", posted([Post.CLERK], ["51"]))]
)
def test_an_account_that_would_cover_too_much_or_nothing_cannot_be_made(staff: str, grants: tuple[Grant, ...]) -> None:
    with pytest.raises(ValueError, match="须有工号、授权和节点"):
        Account(staff=staff, post="窗口", grants=Grants(grants))


def test_a_file_keeps_digests_only_is_its_owners_alone_and_gives_the_accounts_back(tmp_path: Path) -> None:
    accounts = Accounts()
    account, token = accounts.issue("C0117", posted([Post.CLERK, Post.EXAMINER], ["511525"]), "窗口受理")
    path = tmp_path / "accounts.json"
    accounts.save(path)
    accounts.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["accounts.json"]
    assert token not in path.read_text()
    again = Accounts.load(path)
    assert (again.by_token(token), len(again), again.by_token(token + "x"), again.by_token("")) == (account, 1, None, None)


def test_who_opens_an_account_is_known_from_then_on_by_the_number_as_it_is_written_with_all_they_were_given() -> None:
    accounts = Accounts()
    granted = accounts.granted
    assert granted("C0117") is None
    accounts.issue("C0117", CLERK, "窗口受理")
    assert granted("C0117") == Grants(CLERK)
    examining = posted([Post.EXAMINER], ["511525"])
    accounts.issue("C0117", examining, "审查")
    assert granted("C0117") == Grants([*CLERK, *examining])
    assert not any(map(granted, ("", "-", "c0117", "C01170")))


GRANT = {
    "post": "clerk",
    "items": ["511A00001"],
    "nodes": ["511525"],
    "first": "2026-01-01",
    "last": "2026-12-31",
    "document": "高政授〔2026〕1号",
}
GOOD = {"token_sha256": "0" * 64, "staff": "C1", "post": "窗口", "grants": [GRANT]}


def granting(**more: object) -> str:
    return json.dumps([GOOD | {"grants": [GRANT | more]}])


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("{}", "应为列表"),
        (json.dumps([GOOD | {"grants": []}]), "第 1 个账户：grants：太少或为空"),
        (json.dumps([GOOD | {"grants": "clerk"}]), "第 1 个账户：grants：应为列表"),
        (granting(post="king"), "第 1 个账户：grants[1].post：不在可选范围内"),
        (granting(nodes=["5115"]), "第 1 个账户：grants[1].nodes[1]：格式不对"),
        (granting(nodes=[]), "第 1 个账户：grants[1].nodes：太少或为空"),
        (granting(document=" "), "第 1 个账户：grants[1].document：太短或为空"),
        (granting(first="2027-01-01"), "第 1 个账户：grants[1]：授权的截止日期早于起始日期"),
        (granting(post="auditor", last=None), "第 1 个账户：grants[1]：审计人员的授权须有截止日期"),
        (json.dumps([GOOD, GOOD | {"name": "张三"}]), "第 2 个账户：name：没有这一项"),
        (json.dumps([GOOD | {"staff": ""}]), "第 1 个账户：staff：太短或为空"),
        (json.dumps([GOOD | {"staff": 117}]), "第 1 个账户：staff：应为文字"),
        (json.dumps([GOOD | {"staff": "13990900001"}]), "第 1 个账户：工号不得是身份证号码或手机号码：它写进每一条记录"),
        (json.dumps([GOOD | {"post": "窗口\u200b"}]), "第 1 个账户：post：含有看不见的或自造的字符（U+200B）"),
        (json.dumps([GOOD | {"token_sha256": "00"}]), "第 1 个账户：token_sha256：格式不对"),
        (json.dumps([GOOD, GOOD | {"staff": "C2"}]), "第 2 个账户的令牌与第 1 个的相同"),
        (json.dumps([GOOD])[:-2] + ', "staff": "C9"}]', "「staff」出现了两次"),
        ("[", "第 1 行第 2 列不是有效的 JSON"),
    ],
)
def test_a_file_that_is_no_list_of_accounts_is_refused_in_one_sentence(tmp_path: Path, text: str, because: str) -> None:
    path = tmp_path / "accounts.json"
    path.write_text(text)
    with pytest.raises(Unreadable) as no:
        Accounts.load(path)
    assert str(no.value).startswith(f"{path}：")
    assert because in str(no.value)


def test_accounts_that_are_not_there_are_told_so(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="accounts\\.json 无法读取：文件不存在"):
        Accounts.load(tmp_path / "accounts.json")
