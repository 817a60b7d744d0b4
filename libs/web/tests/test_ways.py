"""The header offers what the account's posts may open on the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from libs.authority import Grant, Grants, Post
from libs.web.accounts import Account
from libs.web.pages import NavLink, offered, ways

DAY = date(2007, 3, 5)
NAV = [NavLink("首页", "/"), NavLink("全市", "/city", frozenset({Post.LEADER})), NavLink("受理", "/desk", frozenset({Post.CLERK}))]


def somebody(first: date, last: date | None) -> Account:
    leader = Grant(post=Post.LEADER, nodes=("511525",), first=first, last=last)
    clerk = Grant(post=Post.CLERK, nodes=("511525",), last=DAY - timedelta(days=1))
    return Account(staff="L0001", post="领导", grants=Grants([leader, clerk]))


@pytest.mark.parametrize(
    ("first", "last", "there"),
    [
        (DAY, DAY, True),
        (DAY, None, True),
        (DAY - timedelta(days=9), DAY - timedelta(days=1), False),
        (DAY + timedelta(days=1), None, False),
    ],
)
def test_an_entry_is_offered_on_the_days_of_the_grant(first: date, last: date | None, *, there: bool) -> None:
    account = somebody(first, last)
    assert offered(account, DAY) == ({Post.LEADER} if there else set())
    assert [link.path for link in ways(NAV, account, DAY)] == (["/", "/city"] if there else ["/"])


def test_to_whom_nobody_knows_only_what_is_everybodys_is_offered() -> None:
    assert offered(None, DAY) == frozenset()
    assert [link.path for link in ways(NAV, None, DAY)] == ["/"]
