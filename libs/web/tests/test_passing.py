"""The entrance in memory does what every entrance does, and forgets what came first when too much comes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from libs.testkit.entrances import EntranceSuite, Standing
from libs.web import Accounts, passing, passing_entrance


def standing() -> Standing:
    now, accounts = [1000.0], Accounts()

    async def pass_time(by: timedelta) -> None:
        now[0] += by.total_seconds()

    return Standing(passing_entrance(accounts, lambda: now[0]), accounts, pass_time)


class TestPassing(EntranceSuite):
    @pytest.fixture
    def stands(self) -> Standing:
        return standing()


async def test_it_keeps_no_more_than_so_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "MOST", 2)
    stands = standing()
    cookies = [await stands.begun() for _ in range(3)]
    assert [await stands.who(cookie) for cookie in cookies] == ["", "C0117", "C0117"]
    for key in ("a", "b", "c"):
        assert [await stands.entrance.limits.wait("follow-code", key) for _ in range(10)] == [0] * 10
    assert await stands.entrance.limits.wait("follow-code", "c") > 0
    assert await stands.entrance.limits.wait("follow-code", "a") == 0, "the first is forgotten"
    keys = [await stands.entrance.forms.keep(cookies[2], f"/{n}", {"n": str(n)}) for n in range(3)]
    assert [await stands.entrance.forms.fields(key, f"/{n}", "C0117") for n, key in enumerate(keys)] == [{}, {"n": "1"}, {"n": "2"}]
