"""The front door as the box's staff use it: what is waited for, what is a no, and what a repeated command carries."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx2
import pytest
import stamina

from services.onebox.door import Door, said, send
from services.onebox.sites import SiteOfBox

Answer = Callable[[httpx2.Request], httpx2.Response]


@pytest.fixture(autouse=True)
def _at_once() -> Iterator[None]:
    """Nothing is waited for between tries; afterwards it is again, for the tests that need it."""
    with stamina.set_testing(True, attempts=5):
        yield


def speaking(answer: Answer) -> httpx2.Client:
    return httpx2.Client(base_url="http://site", transport=httpx2.MockTransport(answer))


@pytest.mark.parametrize(
    "first", [httpx2.Response(503), httpx2.Response(409, json={"code": "unknown-item"}), httpx2.ConnectError("away")], ids=repr
)
def test_a_site_that_is_away_busy_or_has_not_heard_yet_is_waited_for(first: httpx2.Response | Exception) -> None:
    tries: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        tries.append(request.headers["idempotency-key"])
        if len(tries) > 2:
            return httpx2.Response(200, json={"done": True})
        if isinstance(first, Exception):
            raise first
        return first

    with speaking(answer) as client:
        assert send(client, "POST", "/x", headers={"Idempotency-Key": "k"}) == {"done": True}
    assert tries == ["k", "k", "k"]


def test_a_no_is_a_no() -> None:
    tries: list[int] = []

    def answer(_request: httpx2.Request) -> httpx2.Response:
        tries.append(1)
        return httpx2.Response(409, json={"code": "same-officer"})

    with speaking(answer) as client, pytest.raises(httpx2.HTTPStatusError):
        send(client, "POST", "/x")
    assert len(tries) == 1


def test_every_person_asks_with_their_own_token_and_the_works_own_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str]] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append((request.headers["authorization"], request.headers["idempotency-key"]))
        return httpx2.Response(200, json={})

    def client(_site: SiteOfBox, who: str = "operator", timeout: float = 60.0) -> httpx2.Client:
        made = speaking(answer)
        made.headers["Authorization"] = f"Bearer {who}"
        return made

    monkeypatch.setattr(SiteOfBox, "client", client)
    with Door(SiteOfBox("511525", [], 1, {"clerk": "c", "approver": "a"}, None), "seed") as door:  # type: ignore[arg-type]
        door.post("clerk", "/x", "1:file")
        door.post("approver", "/x", "1:approve")
    assert seen == [("Bearer clerk", "seed:1:file"), ("Bearer approver", "seed:1:approve")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"title": "尚未核准，不能作出决定"}, "尚未核准，不能作出决定"),
        (
            {"title": "填写有误", "fields": [{"field": "body.numbers.0", "code": "x", "because": "太大或太晚"}]},
            "填写有误：numbers.0 太大或太晚",
        ),
        ({"title": "填写有误", "fields": [{}]}, "HTTP 422"),
        (["a list"], "HTTP 422"),
    ],
)
def test_why_a_site_said_no_is_said_in_its_words(content: object, sentence: str) -> None:
    assert said(httpx2.Response(422, json=content)) == sentence
    assert said(httpx2.Response(422, content=b"<html>")) == "HTTP 422"
