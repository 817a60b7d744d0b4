"""Requests are read strictly at every route, whoever made it: bodies, their kind, forms of pages."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest
from fastapi import APIRouter

from libs.telemetry import Health
from libs.web import Accounts, make_app
from libs.web.tests.strict_door import CASE, JSON, LARGE, Door, because, routes

# --- bodies -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"days": 1, "days": 2}', "「days」出现了两次"),
        (b'{"days": 9223372036854775808}', "一个 19 位的整数超出了 64 位"),
        (b'{"days": -' + b"9" * 5000 + b"}", "一个 5000 位的整数超出了 64 位"),
        (b'{"days": NaN}', "NaN 不是数字"),
        (b'{"days": 1e999}', "一个数字太大"),
        (b'{"days": ' + b"[" * 65 + b"]" * 65 + b"}", "套了 64 层以上"),
        (b"[" * 100_000, "套了 64 层以上"),
        (b'{"days": 1, "why": "\\ud800"}', "文字里有半个字符"),
        (b'{"days": 1, "why": "\xff"}', "第 1 行不是 UTF-8 文字；请另存为 UTF-8"),
        (b'{\n"days": }', "第 2 行第 9 列不是有效的 JSON"),
        (b" ", "第 1 行第 2 列不是有效的 JSON"),
    ],
    ids=[
        "twice",
        "beyond 64 bits",
        "5000 digits",
        "no number",
        "infinite",
        "deep",
        "deepest",
        "half a character",
        "no UTF-8",
        "no JSON",
        "blank",
    ],
)
async def test_a_body_that_programs_read_differently_is_refused_with_a_sentence(door: Door, content: bytes, sentence: str) -> None:
    status, found = await door.notice(content)
    assert (status, because(found)) == (422, [("body", sentence)])


async def test_a_body_with_a_mark_is_read(door: Door) -> None:
    assert await door.notice(b'\xef\xbb\xbf{"days": 1, "why": "\xe5\xa5\xbd"}') == (200, {"days": 1, "why": "好"})


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=gbk",
        ";;",
        "\x7f",
    ],
)
async def test_a_body_of_another_kind_is_415(door: Door, kind: str) -> None:
    status, found = await door.notice(b'{"days": 1}', kind)
    assert (status, found["code"], found["accepts"]) == (415, "unsupported-media-type", [JSON])


@pytest.mark.parametrize(
    "kind",
    [
        JSON,
        "application/json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json;charset=utf8",
        "application/json;",
    ],
)
async def test_json_is_named_in_several_ways(door: Door, kind: str) -> None:
    assert (await door.notice(b'{"days": 1}', kind))[0] == 200


async def test_a_form_is_no_file() -> None:
    """Larger bodies are taken by the route that says so, and by no other."""
    door = Door(most=12)
    assert (await door.notice(b'{"days": 1} '))[0] == 200
    assert (await door.notice(b'{"days": 1}  '))[0] == 413
    assert (await door.send("POST", "/nodes/511525/files", b"x" * LARGE))[0] == 200
    assert (await door.send("POST", "/nodes/511525/files", b"x" * (LARGE + 1)))[0] == 413


async def test_a_body_that_was_packed_is_415(door: Door) -> None:
    status, _ = await door.send("POST", f"/cases/{CASE}/notice", b'{"days": 1}', Content_Type=JSON, Content_Encoding="gzip")
    assert status == 415


async def test_who_sends_no_body_is_told_that_it_is_missing(door: Door) -> None:
    status, found = await door.notice(b"")
    assert (status, because(found)) == (422, [("body", "必须填写")])


@pytest.mark.parametrize("content", [b"", b"{}", b" {} \n"])
async def test_an_act_without_a_form_takes_an_empty_one(door: Door, content: bytes) -> None:
    assert (await door.send("POST", f"/cases/{CASE}/close", content, Content_Type=JSON))[0] == 200


@pytest.mark.parametrize(
    ("content", "fields"),
    [(b'{"why": "x"}', [("body.why", "没有这一项")]), (b"[1]", [("body", "应为一组填写项")]), (b"null", [("body", "应为一组填写项")])],
)
async def test_what_is_sent_to_an_act_without_a_form_is_not_lost_silently(door: Door, content: bytes, fields: object) -> None:
    status, found = await door.send("POST", f"/cases/{CASE}/close", content, Content_Type=JSON)
    assert (status, because(found)) == (422, fields)


async def test_a_body_that_may_be_left_out_is_strict_too(door: Door) -> None:
    assert (await door.send("POST", "/maybe"))[0] == 200
    assert (await door.send("POST", "/maybe", b'{"numbers": [1]}', Content_Type=JSON)) == (200, {"numbers": [1]})
    for wrong in (b'{"number": [1]}', b'{"numbers": [1], "more": 2}'):
        status, found = await door.send("POST", "/maybe", wrong, Content_Type=JSON)
        assert (status, because(found)[-1][1]) == (422, "没有这一项")
    assert (await door.send("POST", "/maybe", b'{"numbers": ["1"]}', Content_Type=JSON))[0] == 422


@pytest.mark.parametrize(("kind", "status"), [("", 200), ("application/octet-stream", 200), ("text/csv", 415), (JSON, 415)])
async def test_a_file_comes_as_bytes(door: Door, kind: str, status: int) -> None:
    assert (await door.send("POST", "/nodes/511525/files", b'{"a": 1}', Content_Type=kind))[0] == status


async def test_a_question_with_a_body_is_refused(door: Door) -> None:
    assert (await door.send("GET", "/nodes/511525/cases", b'{"limit": 3}', Content_Type=JSON))[0] == 422


async def test_who_is_nobody_is_told_so_before_the_body_is_read(door: Door) -> None:
    status, _ = await door.send("POST", f"/cases/{CASE}/notice", b"[" * 1000, Content_Type=JSON, Authorization="Bearer x")
    assert status == 401


# --- forms of pages ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"staff=x&staff=y", "application/x-www-form-urlencoded", 422),
        (b"staff=x&nxt=/", "application/x-www-form-urlencoded", 422),
        (b"staff=%ff", "application/x-www-form-urlencoded", 422),
        (b"staff=%00", "application/x-www-form-urlencoded", 422),
        (b"staff=x&password=a%00b", "application/x-www-form-urlencoded", 422),
        (b"staff=" + b"x" * 5000, "application/x-www-form-urlencoded", 422),
        (json.dumps({"token": "x"}).encode(), JSON, 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
        (b"staff=x", "", 415),
        (b"staff=x", "application/x-www-form-urlencoded", 401),
    ],
)
async def test_the_form_of_a_page_is_strict_too(door: Door, content: bytes, kind: str, status: int) -> None:
    headers = {"Content-Type": kind} if kind else {}
    assert (await door.http.post("/sign-in", content=content, headers=headers)).status_code == status


async def test_routes_that_would_not_be_read_strictly_are_not_taken(door: Door) -> None:
    inner, outer = routes(), APIRouter(prefix="/inner")
    outer.include_router(inner)
    with pytest.raises(TypeError, match="cannot be read strictly"):
        make_app("door", routers=[outer], accounts=Accounts(), health=Health())


@pytest.mark.parametrize("path", [f"/cases/{CASE}/notice", "/maybe"])
async def test_others_are_answered_while_a_long_body_is_read(door: Door, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long list is read in a thread beside the loop's, which goes on turning; a short one at once."""
    beside, to_thread = list[object](), asyncio.to_thread

    async def watched(work: Callable[..., object], *given: object) -> object:
        beside.append(work)
        return await to_thread(work, *given)

    monkeypatch.setattr(asyncio, "to_thread", watched)
    for numbers, threads in ((10, 0), (200_000, 1)):
        content = b'{"days": 1, "numbers": [' + b",".join([b"1"] * numbers) + b"]}"
        status, _ = await door.send("POST", path, content, Content_Type=JSON)
        assert (status, len(beside)) == (422, threads)
