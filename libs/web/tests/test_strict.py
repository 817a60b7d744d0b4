"""Requests are read strictly at every route, whoever made it: bodies, their kind, the names in the address, conditions, forms of pages."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Body, Depends, Query, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from httpx2 import ASGITransport, AsyncClient
from pydantic import Field

from libs.forms import Form, Text
from libs.telemetry import Health
from libs.web import Account, Accounts, CasePath, Envelope, NodePath, Pages, Role, answer, envelope, make_app, require
from libs.web.strict import read_address
from libs.web.takes import takes

CASE = "511525-20070305-000001-0"
JSON = "application/json"


class Notice(Form):
    days: Annotated[int, Field(ge=0, le=400)]
    why: Text = ""


class Numbers(Form):
    numbers: Annotated[tuple[int, ...], Field(max_length=9)]


def routes() -> APIRouter:
    router, clerk = APIRouter(), Depends(envelope(Role.CLERK))

    @router.post("/cases/{case}/notice")
    async def notice(case: CasePath, form: Notice, by: Envelope = clerk) -> Response:
        return answer({"days": form.days, "why": form.why})

    @router.post("/cases/{case}/close")
    async def close(case: CasePath, by: Envelope = clerk) -> Response:
        return answer({})

    @router.post("/nodes/{node}/files")
    async def files(
        node: NodePath, who: Annotated[Account, Depends(require())], data: Annotated[bytes, Body(media_type="application/octet-stream")]
    ) -> Response:
        return answer({"bytes": len(data)})

    @router.post("/maybe")
    async def maybe(form: Numbers | None = None) -> Response:
        return answer(form and form.model_dump())

    @router.get("/nodes/{node}/cases")
    async def cases(node: NodePath, limit: Annotated[int, Query(ge=1, le=500)] = 50) -> Response:
        return answer({"limit": limit})

    return router


class Door:
    """The application, and one clerk who asks."""

    def __init__(self) -> None:
        accounts = Accounts()
        _, self.token = accounts.issue("C0117", [Role.CLERK], ["511525"], "窗口")
        app = make_app("door", routers=[routes()], accounts=accounts, health=Health(), pages=Pages(brand="联动"), catalogue=True)
        self.http = AsyncClient(transport=ASGITransport(app=app, raise_app_exceptions=False), base_url="http://door")

    async def send(self, method: str, path: str, content: bytes | None = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and answer; a no has to be a problem in Chinese."""
        sent = {
            "Authorization": f"Bearer {self.token}",
            "Idempotency-Key": "k",
            **{name.replace("_", "-"): v for name, v in headers.items()},
        }
        got = await self.http.request(method, path, content=content, headers={name: value for name, value in sent.items() if value})
        if got.is_error:
            assert got.headers["content-type"] == "application/problem+json"
            assert not got.json()["title"].isascii()
        return got.status_code, got.json()

    async def notice(self, content: bytes, kind: str = JSON) -> tuple[int, dict[str, Any]]:
        return await self.send("POST", f"/cases/{CASE}/notice", content, Content_Type=kind)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    made = Door()
    yield made
    await made.http.aclose()


def because(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(field["field"], field["because"]) for field in found["fields"]]


# --- bodies -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b'{"days": 1, "days": 2}', "「days」出现了两次"),
        (b'{"days": 9223372036854775808}', "整数 9223372036854775808 超出了 64 位"),
        (b'{"days": -' + b"9" * 5000 + b"}", f"整数 -{'9' * 19}… 超出了 64 位"),
        (b'{"days": NaN}', "NaN 不是数字"),
        (b'{"days": 1e999}', "数字 1e999 太大"),
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
    "kind", [JSON, "application/json; charset=utf-8", "Application/JSON;charset=UTF-8", 'application/json; charset="utf-8"']
)
async def test_json_is_named_in_several_ways(door: Door, kind: str) -> None:
    assert (await door.notice(b'{"days": 1}', kind))[0] == 200


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


# --- the address ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("limitt=3", [("query.limitt", "没有这一项")]),
        ("limit=3&Limit=4", [("query.Limit", "没有这一项")]),
        ("limit=3&limit=4", [("query.limit", "出现了两次")]),
        ("limit=3&a=1&b=2", [("query.a", "没有这一项"), ("query.b", "没有这一项")]),
        ("limit=3&=4", [("query.", "没有这一项")]),
        ("%ff=3", [("query", "不是按百分号编码的 UTF-8 文字")]),
        ("limit=%ff", [("query", "不是按百分号编码的 UTF-8 文字")]),
        ("limit=9223372036854775808", [("query.limit", "太大或太晚")]),
        ("limit=" + "9" * 5000, [("query.limit", "整数太长")]),
        ("limit=%00", [("query.limit", "应为整数")]),
    ],
)
async def test_a_word_in_the_address_that_nobody_asks_for_is_refused(door: Door, query: str, fields: object) -> None:
    status, found = await door.send("GET", f"/nodes/511525/cases?{query}")
    assert (status, because(found)) == (422, fields)


async def test_bytes_that_were_not_encoded_are_no_word_either() -> None:
    route = next(route for route in routes().routes if isinstance(route, APIRoute) and "limit" in takes(route).words)
    with pytest.raises(RequestValidationError) as no:
        read_address("limit=三".encode(), takes(route))
    assert no.value.errors()[0]["loc"] == ("query",)


async def test_the_address_of_a_command_is_strict_too(door: Door) -> None:
    status, found = await door.send("POST", f"/cases/{CASE}/notice?days=2", b'{"days": 1}', Content_Type=JSON)
    assert (status, because(found)) == (422, [("query.days", "没有这一项")])


async def test_so_many_words_are_no_trouble(door: Door) -> None:
    status, found = await door.send("GET", "/nodes/511525/cases?" + "&".join(f"k{n}=1" for n in range(5000)))
    assert (status, len(found["fields"]) <= 20) == (422, True)


async def test_a_page_is_opened_whatever_others_have_hung_on_its_address(door: Door) -> None:
    """Messengers and mail programs add words of their own to a link; a person who follows it can do nothing about them."""
    html = {"Accept": "text/html"}
    assert (await door.http.get("/sign-in?next=/kit&utm_source=x&utm_source=y", headers=html)).status_code == 200
    assert (await door.http.get("/kit?x=1", headers=html)).status_code == 200
    assert (await door.http.get("/sign-in?next=/a&next=/b", headers=html)).status_code == 422


# --- conditions -------------------------------------------------------------------------------------------------------------------------


async def test_a_condition_is_not_ignored_where_nothing_has_a_version(door: Door) -> None:
    """RFC 9110, 13.1.1: without a version that matches, the method must not be performed."""
    status, found = await door.send("POST", "/nodes/511525/files", b"x", If_Match='"7"')
    assert (status, found["code"]) == (412, "changed-meanwhile")
    assert (await door.send("POST", "/nodes/511525/files", b"x"))[0] == 200


# --- forms of pages ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"token=x&token=y", "application/x-www-form-urlencoded", 422),
        (b"token=x&nxt=/", "application/x-www-form-urlencoded", 422),
        (b"token=%ff", "application/x-www-form-urlencoded", 422),
        (b"token=" + b"x" * 5000, "application/x-www-form-urlencoded", 422),
        (json.dumps({"token": "x"}).encode(), JSON, 415),
        (b"--x\r\n", "multipart/form-data; boundary=x", 415),
        (b"token=x", "", 415),
        (b"token=x", "application/x-www-form-urlencoded", 401),
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
