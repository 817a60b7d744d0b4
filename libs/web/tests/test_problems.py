"""Every no and every fault is a problem, says what it may, and carries the fixed headers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import pytest
from httpx2 import Response
from pydantic import Field, TypeAdapter, ValidationError
from structlog.testing import capture_logs

from libs.forms import Day, Form, Moment, Name, because_of
from libs.web.headers import CSP, IdempotencyKey
from libs.web.tests.site import HTML, Stand

KEY = {"Idempotency-Key": "k1"}
GOOD = {"item": "511A", "days": 3}


@pytest.fixture(scope="module")
def stand() -> Stand:
    return Stand()


def problem(answer: Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-security-policy"] == CSP
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    found: dict[str, Any] = answer.json()
    assert found["status"] == answer.status_code
    return found


@pytest.mark.parametrize(
    ("how", "status", "kind", "more"),
    [
        ("refused", 409, "/problems/refused/already-told-once", {"code": "already-told-once", "title": "应当一次告知全部需要补正的内容"}),
        ("conflict", 412, "/problems/conflict", {"found": 7}),
        ("busy", 503, "/problems/busy", {"title": "系统正忙"}),
        ("http", 404, "/problems/not-found", {"title": "没有找到"}),
        ("teapot", 418, "/problems/http-418", {"title": "请求没有被接受"}),
        ("fault", 500, "/problems/fault", {"title": "系统出错"}),
    ],
)
async def test_each_kind_of_failure_has_its_problem(stand: Stand, how: str, status: int, kind: str, more: dict[str, object]) -> None:
    async with stand.browser() as client:
        found = problem(await client.get(f"/fails/{how}"))
    assert (found["status"], found["type"]) == (status, kind)
    assert found.items() >= more.items()
    assert "secret" not in str(found)
    assert "inside" not in str(found)


async def test_who_is_told_to_come_back_is_told_when(stand: Stand) -> None:
    async with stand.browser() as client:
        assert (await client.get("/fails/busy")).headers["retry-after"] == "1"


async def test_a_refusal_is_logged_at_info_and_a_fault_with_its_stack(stand: Stand) -> None:
    with capture_logs() as lines:
        async with stand.browser() as client:
            await client.get("/fails/refused")
            await client.get("/fails/fault")
    assert [(line["log_level"], line["event"]) for line in lines] == [("info", "refused"), ("error", "fault")]
    assert lines[0]["code"] == "already-told-once"
    assert isinstance(lines[1]["exc_info"], RuntimeError)


async def test_an_address_or_method_that_is_not_there(stand: Stand) -> None:
    async with stand.browser() as client:
        assert problem(await client.get("/nowhere"))["code"] == "not-found"
        answer = await client.delete("/open")
    assert (problem(answer)["code"], answer.headers["allow"]) == ("method-not-allowed", "GET")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"days": 3}, [("body.item", "必须填写")]),
        ({"item": "", "days": "x"}, [("body.item", "太短或为空"), ("body.days", "应为整数")]),
        ({"item": ["511A"], "days": 2.5}, [("body.item", "应为文字"), ("body.days", "应为整数")]),
    ],
)
async def test_each_wrong_field_is_named_and_what_was_sent_is_not_repeated(stand: Stand, body: dict[str, object], fields: object) -> None:
    async with stand.browser(stand.clerk) as client:
        found = problem(await client.post("/nodes/511525/cases", json=body, headers=KEY))
    assert (found["status"], [(field["field"], field["because"]) for field in found["fields"]]) == (422, fields)
    assert all(field.keys() == {"field", "code", "because"} for field in found["fields"])


class Everything(Form):
    """A field of every shape that the forms of the services have."""

    days: Annotated[int, Field(ge=1, le=365)] = 1
    first: Day = date(2026, 11, 23)
    at: Moment = datetime(2026, 11, 23, tzinfo=UTC)
    papers: Annotated[tuple[Name, ...], Field(min_length=1, max_length=2)] = ("申请书",)
    rows: list[Name] | None = None
    paid: bool = False
    how: Literal["counter", "post"] = "counter"
    agency: Self | None = None


@pytest.mark.parametrize(
    ("field", "value", "because"),
    [
        ("days", 0, "太小或太早"),
        ("days", 366, "太大或太晚"),
        ("days", None, "应为整数"),
        ("first", "2026-13-01", "没有这一天"),
        ("first", "1900-01-01", "太小或太早"),
        ("first", "2200-01-01", "太大或太晚"),
        ("first", 5, "应为日期，如 2026-11-23"),
        ("at", "2026-13-01T10:00:00+08:00", "没有这一时刻"),
        ("papers", "申请书", "应为列表"),
        ("papers", [], "太少或为空"),
        ("papers", ["a", "b", "c"], "太多"),
        ("rows", "申请书", "应为列表"),
        ("paid", "perhaps", "应为是或否"),
        ("how", "phone", "不在可选范围内"),
        ("agency", "某局", "应为一组填写项"),
        ("days", float("nan"), "应为整数"),
    ],
)
def test_what_is_wrong_with_a_field_is_said_in_chinese(field: str, value: object, because: str) -> None:
    with pytest.raises(ValidationError) as no:
        Everything.model_validate({field: value}, from_attributes=True)
    assert [because_of(error) for error in no.value.errors()] == [because]


def test_a_fault_without_a_sentence_of_its_own_is_said_in_chinese_too() -> None:
    assert because_of({"type": "uuid_parsing", "msg": "Input should be a valid UUID"}) == "填写不符合要求"


async def test_a_version_that_no_etag_gave_is_said_in_chinese(stand: Stand) -> None:
    async with stand.browser(stand.clerk) as client:
        found = problem(await client.post("/nodes/511525/cases", json=GOOD, headers={**KEY, "If-Match": "W/7"}))
    assert (found["status"], found["fields"][0]["because"]) == (400, '应为 ETag 给出的版本，如 "7"，可以并列几个，或只写 *')


async def test_a_body_that_is_no_json(stand: Stand) -> None:
    async with stand.browser(stand.clerk) as client:
        answer = await client.post("/nodes/511525/cases", content=b"{", headers={**KEY, "Content-Type": "application/json"})
    assert problem(answer)["fields"][0]["because"] == "第 1 行第 2 列不是有效的 JSON"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Idempotency-Key": ""}, {"Idempotency-Key": "k" * 201}, {"Idempotency-Key": "k k"}]
    + [{**KEY, "If-Match": tag} for tag in ("7", "W/7", '"7" "8"', "*, *")],
)
async def test_a_command_without_a_key_or_with_a_tag_that_was_never_given_is_400(stand: Stand, headers: dict[str, str]) -> None:
    async with stand.browser(stand.clerk) as client:
        assert problem(await client.post("/nodes/511525/cases", json=GOOD, headers=headers))["status"] == 400


@pytest.mark.parametrize(
    "key",
    [
        "511525198003070023",
        "file:511525198003070023:1",
        "k511525198003070023",
        "13990900001",
        "upload_139-0909-0001",
        "511525800307002",
        "b24ccb8f-4b5d-4e6f-8a9b-0c1d2e3f4a5b:13990900001",
    ],
)
async def test_a_key_with_somebodys_number_is_refused_and_not_repeated(stand: Stand, key: str) -> None:
    with capture_logs() as lines:
        async with stand.browser(stand.clerk) as client:
            found = problem(await client.post("/nodes/511525/cases", json=GOOD, headers={"Idempotency-Key": key}))
    (field,) = found["fields"]
    assert (found["status"], field["field"], field["code"]) == (400, "header.Idempotency-Key", "personal-number")
    assert field["because"] == "不得含有身份证号码或手机号码；请用随机编号，如 UUID"
    assert key not in f"{found} {lines}"


def test_no_key_that_was_drawn_or_digested_is_taken_for_a_number() -> None:
    drawn, key = Random(2007), TypeAdapter[str](IdempotencyKey)
    for _ in range(20_000):
        one = UUID(int=drawn.getrandbits(128), version=4)
        for text in (str(one), one.hex, f"clerk:{one}:{drawn.randrange(1000)}", drawn.randbytes(32).hex().upper()):
            assert key.validate_python(text) == text
    for text in ("import-511525-20070305-000001-0", "511525:20261128T101500Z:7", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "1732780000000"):
        assert key.validate_python(text) == text


async def test_a_line_about_a_request_has_nothing_of_what_was_typed_into_the_address(stand: Stand) -> None:
    with capture_logs() as lines:
        async with stand.browser(stand.clerk) as client:
            for path in ("/nowhere/欧阳标记", "/nodes/欧阳标记/cases", "/fails/fault", "/cases/51152519800307002"):
                await client.post(path, json=GOOD, headers=KEY)
    assert [line["path"] for line in lines] == ["/nowhere/▇", "/nodes/▇/cases", "/fails/fault", "/cases/▇"]


@pytest.mark.parametrize(("headers", "said", "tag"), [({}, "k1 None", '"8"'), ({"If-Match": '"7"'}, "k1 frozenset({7})", '"8"')])
async def test_key_and_version_reach_the_command(stand: Stand, headers: dict[str, str], said: str, tag: str) -> None:
    async with stand.browser(stand.clerk) as client:
        answer = await client.post("/nodes/511525/cases", json=GOOD, headers={**KEY, **headers})
    assert (answer.text, answer.headers["etag"]) == (said, tag)


async def test_a_body_larger_than_allowed_is_413_however_it_comes(stand: Stand) -> None:
    async def pieces() -> Any:
        for _ in range(20):
            yield b'{"item": ' + b" " * 100

    async with stand.browser(stand.clerk) as client:
        headers = {**KEY, "Content-Type": "application/json"}
        assert problem(await client.post("/nodes/511525/cases", content=b" " * 1001, headers=headers))["code"] == "too-large"
        assert problem(await client.post("/nodes/511525/cases", content=pieces(), headers=headers))["code"] == "too-large"


@pytest.mark.parametrize(
    ("path", "status", "says"), [("/nowhere", 404, "没有找到"), ("/fails/fault", 500, "系统出错"), ("/fails/refused", 409, "一次告知")]
)
async def test_people_get_a_page_in_chinese(stand: Stand, path: str, status: int, says: str) -> None:
    async with stand.browser() as client:
        answer = await client.get(path, headers=HTML)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert '<html lang="zh-CN" data-room="public">' in answer.text
    assert says in answer.text
    assert "secret" not in answer.text
    assert answer.headers["content-security-policy"] == CSP


async def test_who_may_not_see_a_page_is_offered_the_way_out_and_no_way_back_to_it(stand: Stand) -> None:
    async with stand.browser() as client:
        await stand.sign_in(client, "C0117")
        refused = await client.get("/page", headers=HTML)
        from_elsewhere = await client.post("/sign-in", headers={**HTML, "Sec-Fetch-Site": "cross-site"})
    assert (refused.status_code, "退出，换一个账号登录" in refused.text, "回到首页" in refused.text) == (403, True, False)
    assert refused.text.count('action="/sign-out"') == 2, "beside the name, and where one reads"
    assert (from_elsewhere.status_code, "去登录" in from_elsewhere.text) == (403, True)


@pytest.mark.parametrize("accept", ["*/*", "application/json", "text/html;q=0.5, application/json", "text/html;q=x"])
async def test_programs_get_json(stand: Stand, accept: str) -> None:
    async with stand.browser() as client:
        assert problem(await client.get("/nowhere", headers={"Accept": accept}))["code"] == "not-found"


async def test_health_is_open_and_tells_when_something_is_down() -> None:
    stand = Stand(pages=False)

    async def ill() -> None:
        raise ConnectionError("address")

    async with stand.browser() as client:
        assert (await client.get("/health/live")).json()["state"] == "up"
        assert (await client.get("/health/ready")).status_code == 200
        stand.health.add("kafka", ill)
        answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["checks"]["kafka"]["because"]) == (503, "ConnectionError")


async def test_the_description_is_kept_and_declares_tokens_keys_and_problems(stand: Stand) -> None:
    async with stand.browser() as client:
        assert [(await client.get(path)).status_code for path in ("/docs", "/redoc")] == [404, 404]
        described = (await client.get("/openapi.json")).json()
    command = described["paths"]["/nodes/{node}/cases"]["post"]
    assert command["security"] == [{"bearer": []}]
    assert {parameter["name"] for parameter in command["parameters"]} == {"node", "Idempotency-Key", "If-Match"}
    assert command["responses"].keys() == {"200", "400", "401", "403", "404", "409", "412", "413", "415", "422", "500", "503"}
    assert all("application/problem+json" in answer["content"] for status, answer in command["responses"].items() if status != "200")
    assert "/sign-in" not in described["paths"]
