"""Accounts: which node covers which, what is kept of a token, and what a file must say."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from libs.forms import Unreadable
from libs.web import Account, Accounts, Role
from libs.web.accounts import NotAllowed, covers


@pytest.mark.parametrize(
    ("own", "node", "covered"),
    [
        ("511525", "511525", True),
        ("511525", "511525100", True),
        ("511525", "511526", False),
        ("511525", "511500", False),
        ("511525100", "511525100", True),
        ("511525100", "511525101", False),
        ("511525100", "511525", False),
        ("511500", "511500", True),
        ("511500", "511525", True),
        ("511500", "511525100", True),
        ("511500", "511602", False),
        ("510000", "511525100", True),
        ("510000", "520100", False),
        ("511525", "", False),
    ],
)
def test_a_node_covers_itself_and_what_is_below(own: str, node: str, covered: bool) -> None:
    assert covers(own, node) is covered


def test_somebody_works_for_a_node_and_those_below_it() -> None:
    account = Account(staff="C0117", post="窗口", roles=frozenset({Role.CLERK}), nodes=frozenset({"511525"}))
    assert account.works_for("511525100")
    assert not account.works_for("511526")
    account.must_work_for("511525")
    with pytest.raises(NotAllowed, match="C0117"):
        account.must_work_for("511526")


@pytest.mark.parametrize(
    "broken", [{"staff": ""}, {"roles": frozenset()}, {"nodes": frozenset()}, {"nodes": frozenset({""})}, {"nodes": frozenset({"51"})}]
)
def test_an_account_that_would_cover_too_much_or_nothing_cannot_be_made(broken: dict[str, object]) -> None:
    good: dict[str, object] = {"staff": "C0117", "post": "窗口", "roles": frozenset({Role.CLERK}), "nodes": frozenset({"511525"})}
    with pytest.raises(ValueError, match="须有工号、角色和节点"):
        Account(**{**good, **broken})  # type: ignore[arg-type]


def test_a_file_keeps_digests_only_is_its_owners_alone_and_gives_the_accounts_back(tmp_path: Path) -> None:
    accounts = Accounts()
    account, token = accounts.issue("C0117", [Role.CLERK, Role.EXAMINER], ["511525"], "窗口受理")
    path = tmp_path / "accounts.json"
    accounts.save(path)
    accounts.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["accounts.json"]
    assert token not in path.read_text()
    again = Accounts.load(path)
    assert (again.by_token(token), len(again), again.by_token(token + "x"), again.by_token("")) == (account, 1, None, None)


def test_who_opens_an_account_is_known_from_then_on_by_the_number_as_it_is_written_and_by_its_roles() -> None:
    accounts = Accounts()
    knows = accounts.knows
    assert not knows("C0117")
    accounts.issue("C0117", [Role.CLERK], ["511525"], "窗口受理")
    assert knows("C0117")
    assert (knows("C0117", Role.EXAMINER, Role.CLERK), knows("C0117", Role.EXAMINER)) == (True, False)
    assert not any(map(knows, ("", "-", "c0117", "C01170")))


GOOD = {"token_sha256": "0" * 64, "staff": "C1", "post": "窗口", "roles": ["clerk"], "nodes": ["511525"]}


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("{}", "应为列表"),
        (json.dumps([GOOD | {"roles": ["king"]}]), "第 1 个账户：roles[1]：不在可选范围内"),
        (json.dumps([GOOD | {"roles": []}]), "第 1 个账户：roles：太少或为空"),
        (json.dumps([GOOD | {"roles": "clerk"}]), "第 1 个账户：roles：应为列表"),
        (json.dumps([GOOD | {"nodes": ["5115"]}]), "第 1 个账户：nodes[1]：格式不对"),
        (json.dumps([GOOD, GOOD | {"name": "张三"}]), "第 2 个账户：name：没有这一项"),
        (json.dumps([GOOD | {"staff": ""}]), "第 1 个账户：staff：太短或为空"),
        (json.dumps([GOOD | {"staff": 117}]), "第 1 个账户：staff：应为文字"),
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
