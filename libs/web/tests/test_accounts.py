"""Accounts: which node covers which, what is kept of a token, and what a file must say."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest

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
    with pytest.raises(ValueError, match="needs a staff number"):
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


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '[{"token_sha256": "00", "staff": "C1", "post": "", "roles": ["king"], "nodes": ["511525"]}]',
        '[{"token_sha256": "00", "staff": "C1", "post": "", "roles": ["clerk"], "nodes": ["5115"]}]',
        '[{"token_sha256": "00", "staff": "C1", "post": "", "roles": ["clerk"], "nodes": ["511525"], "name": "张三"}]',
    ],
)
def test_a_file_that_is_no_list_of_accounts_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "accounts.json"
    path.write_text(text)
    with pytest.raises(msgspec.ValidationError):
        Accounts.load(path)
