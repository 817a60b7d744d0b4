"""What stands before the body is read strictly at every route: names and numbers in the address, headers, conditions."""

from __future__ import annotations

import pytest
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from libs.web.strict import read_address
from libs.web.takes import takes
from libs.web.tests.strict_door import CASE, JSON, Door, because, routes


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
        ("%6cimit=3&limit=4", [("query.limit", "出现了两次")]),
        ("part=nan", [("query.part", "应为数字")]),
        ("part=0_1&limit=+1", [("query.part", "应为数字"), ("query.limit", "应为整数")]),
    ],
)
async def test_a_word_in_the_address_that_nobody_asks_for_is_refused(door: Door, query: str, fields: object) -> None:
    status, found = await door.send("GET", f"/nodes/511525/cases?{query}")
    assert (status, because(found)) == (422, fields)


@pytest.mark.parametrize("number", ["+5", "%2B5", "%205", "5%0a", "5.0", "1_0", "05", "%EF%BC%95", "0x5", "true", "", "5e0", "--5"])
async def test_a_number_in_the_address_is_written_in_one_way(door: Door, number: str) -> None:
    status, found = await door.send("GET", f"/nodes/511525/cases?limit={number}")
    assert (status, because(found)) == (422, [("query.limit", "应为整数")])
    status, found = await door.send("GET", f"/pages/{number or '-'}")
    assert (status, because(found)) == (422, [("path.page", "应为整数")])


@pytest.mark.parametrize("part", ["1", "0.5", "1e1", "5E-1", "-0.5"])
async def test_numbers_in_the_address_are_read(door: Door, part: str) -> None:
    assert await door.send("GET", f"/nodes/511525/cases?limit=5&part={part}") == (200, {"limit": 5})
    assert await door.send("GET", "/pages/-12") == (200, {"page": -12})


async def test_bytes_that_were_not_encoded_are_no_word_either() -> None:
    route = next(route for route in routes().routes if isinstance(route, APIRoute) and "limit" in takes(route).words)
    with pytest.raises(RequestValidationError) as no:
        read_address("limit=三".encode(), {}, takes(route))
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
    assert (await door.http.get("/kit?%b9%ab=%d6%da", headers=html)).status_code == 200, "words in GBK"
    assert (await door.http.get("/sign-in?next=/a&next=/b", headers=html)).status_code == 422


# --- headers ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "one", "other"),
    [
        ("Idempotency-Key", "k", "k2"),
        ("Content-Type", JSON, "text/plain"),
        ("Content-Encoding", "identity", "gzip"),
        ("Authorization", "", "Basic eDp5"),
    ],
)
async def test_a_header_that_says_one_thing_stands_once(door: Door, name: str, one: str, other: str) -> None:
    """A proxy may take the last of them where this site takes the first."""
    told = {"Authorization": f"Bearer {door.token}", "Idempotency-Key": "k", "Content-Type": JSON}
    headers = [*(told | ({name: one} if one else {})).items(), (name, other)]
    got = await door.http.post(f"/cases/{CASE}/notice", content=b'{"days": 1}', headers=headers)
    assert (got.status_code, because(got.json())) == (400, [(f"header.{name.lower()}", "出现了两次")])


# --- conditions -------------------------------------------------------------------------------------------------------------------------


async def test_a_condition_is_not_ignored_where_nothing_has_a_version(door: Door) -> None:
    """RFC 9110, 13.1.1: without a version that matches, the method must not be performed."""
    status, found = await door.send("POST", "/nodes/511525/files", b"x", If_Match='"7"')
    assert (status, found["code"]) == (412, "changed-meanwhile")
    assert (await door.send("POST", "/nodes/511525/files", b"x"))[0] == 200
