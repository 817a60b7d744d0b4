"""`liandong clock confirm` and what `liandong status` says of a machine's time: one sentence, and an exit code where something is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from services.cli import app, clock
from services.cli.operate import warnings

Answering = Callable[[httpx2.Request], httpx2.Response]


class Site:
    """A site of a box that answers as it is told."""

    code, address = "511525", "http://site"

    def __init__(self, answering: Answering) -> None:
        self._answering = answering

    def client(self, **_how: object) -> httpx2.Client:
        return httpx2.Client(base_url=self.address, transport=httpx2.MockTransport(self._answering))


def confirming(monkeypatch: pytest.MonkeyPatch, answering: Answering, *more: str) -> Any:
    monkeypatch.setattr(clock, "site_of", lambda _code: Site(answering))
    return CliRunner().invoke(app, ["clock", "confirm", "511525", *more])


def answered(*, confirmed: bool) -> Answering:
    def answer(request: httpx2.Request) -> httpx2.Response:
        assert (request.method, request.url.path) == ("POST", "/deadline/time/confirm")
        return httpx2.Response(200, json={"site": "511525", "now": "2007-03-05T02:00:00Z", "confirmed": confirmed})

    return answer


@pytest.mark.parametrize(
    ("confirmed", "said"),
    [
        (True, "511525：机器时间 2007-03-05 10:00 已确认，时限接着计时"),
        (False, "511525：机器时间 2007-03-05 10:00 没有存疑，不必确认"),
    ],
)
def test_the_word_is_answered_in_one_sentence_that_names_the_site(monkeypatch: pytest.MonkeyPatch, confirmed: bool, said: str) -> None:
    found = confirming(monkeypatch, answered(confirmed=confirmed))
    assert (found.exit_code, found.stdout.strip()) == (0, said)


def test_as_json_it_is_one_object(monkeypatch: pytest.MonkeyPatch) -> None:
    found = confirming(monkeypatch, answered(confirmed=True), "--json")
    assert json.loads(found.stdout) == {"site": "511525", "now": "2007-03-05T02:00:00Z", "confirmed": True}


def test_a_site_that_refuses_is_2_and_one_that_does_not_run_is_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody")

    refused = confirming(monkeypatch, lambda _: httpx2.Response(403, json={"title": "没有这项权限"}))
    assert (refused.exit_code, refused.stdout, refused.stderr.strip()) == (2, "", "511525 拒绝了：没有这项权限")
    nobody = confirming(monkeypatch, away)
    assert (nobody.exit_code, nobody.stdout) == (1, "")
    assert "511525 没有运行" in nobody.stderr


def test_status_warns_of_a_time_in_doubt_and_of_clocks_that_are_left_out() -> None:
    deadline = {"time_in_doubt": "机器时间倒退了一小时以上", "clocks_beyond_calendar": 2, "clocks_failed": 1}
    assert warnings({"services": {"intake": {"parked": 0}, "deadline": deadline}}) == [
        "机器时间倒退了一小时以上",
        "2 个时钟超出日历，没有走；更新日历后自动接着走",
        "1 个时钟出错，没有走；原因见部署的日志",
    ]
    assert warnings({"services": {"deadline": {"time_in_doubt": "", "clocks_beyond_calendar": 0, "clocks_failed": 0}}}) == []
