"""What every command comes with, and the forms all services share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, Query, Response
from httpx2 import ASGITransport, AsyncClient

from libs.authority import Post, posted
from libs.forms import Day, Form, Moment
from libs.telemetry import Health
from libs.web import (
    Account,
    Accounts,
    CasePath,
    Envelope,
    NodePath,
    answer,
    done_answer,
    envelope,
    hosted,
    make_app,
    node_of_case,
    require,
)

CASE = "511525-20070305-000001-0"


@dataclass
class Written:
    position: dict[str, int]
    version: int


class Notice(Form):
    told: Day
    at: Moment


def versions(by: Envelope) -> list[int] | None:
    """Of the versions 0 to 20, those that the caller takes; None: whichever there is, or none."""
    return None if by.expected is None else [version for version in range(21) if version in by.expected]


class Here:
    """A site that hosts one county."""

    def line(self, code: str) -> tuple[str, ...]:
        return (code,) if code == "511525" else ()


class Door:
    """Some routes, and two clerks who ask."""

    def __init__(self) -> None:
        routes, clerk = APIRouter(), Depends(envelope("intake.accept"))

        @routes.post("/cases/{case}/notice")
        async def notice(case: CasePath, form: Notice, by: Envelope = clerk) -> Response:
            said = {**by.said, "expected": versions(by), "told": form.told, "at": form.at, "node": hosted(Here(), node_of_case(case))}
            return done_answer(Written({"sequence": 7}, 3), 201, **said)

        @routes.get("/nodes/{node}/days")
        async def days(
            node: NodePath, on: Annotated[Day, Query()], who: Annotated[Account, Depends(require("intake.read-cases"))]
        ) -> Response:
            return answer({"on": on, "who": who.staff}, version=2, current=False)

        accounts = Accounts()
        self.tokens = {name: accounts.issue(name, posted([Post.CLERK], ["511525"]), "窗口")[1] for name in ("C1", "C2")}
        self.tokens["far"] = accounts.issue("C9", posted([Post.CLERK], ["511526"]), "窗口")[1]
        self.tokens["site"] = accounts.issue("M1", posted([Post.SITE], ["511525"]), "机器")[1]
        app = make_app("door", routers=[routes], accounts=accounts, health=Health())
        self.http = AsyncClient(transport=ASGITransport(app=app), base_url="http://door")

    async def notice(self, form: object, by: str = "C1", case: str = CASE, **headers: str) -> tuple[int, dict[str, Any]]:
        all_headers = {"Authorization": f"Bearer {self.tokens[by]}", "Idempotency-Key": "k", **headers}
        got = await self.http.post(f"/cases/{case}/notice", json=form, headers=all_headers)
        return got.status_code, {**got.json(), "etag": got.headers.get("etag")}


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    made = Door()
    yield made
    await made.http.aclose()


GOOD = {"told": "2007-03-05", "at": "2007-03-05T10:00:00+08:00"}


async def test_the_envelope_says_who_under_which_key_against_which_version(door: Door) -> None:
    status, got = await door.notice(GOOD, **{"If-Match": '"4"'})
    assert status == 201
    assert (got["actor"], got["key"], got["expected"], got["node"]) == ("C1", "k", [4], "511525")
    assert (got["at"], got["told"]) == ("2007-03-05T02:00:00Z", "2007-03-05")
    assert (got["position"], got["version"], got["etag"]) == ({"sequence": 7}, 3, '"3"')


async def test_the_digest_covers_sender_path_and_body(door: Door) -> None:
    other = {**GOOD, "told": "2007-03-06"}
    digests = [
        (await door.notice(GOOD))[1]["digest"],
        (await door.notice(GOOD, by="C2"))[1]["digest"],
        (await door.notice(other))[1]["digest"],
        (await door.notice(GOOD, case="511525-20070305-000002-8"))[1]["digest"],
    ]
    assert len(set(digests)) == 4
    assert (await door.notice(GOOD))[1]["digest"] == digests[0]


@pytest.mark.parametrize(
    "told", [1172635200, 39141, "39141", "2007-3-5", "2007-03-05T00:00:00Z", "1172635200", None, "1949-09-30", "2200-01-01"]
)
async def test_a_day_is_a_string(door: Door, told: object) -> None:
    assert (await door.notice({**GOOD, "told": told}))[0] == 422


@pytest.mark.parametrize(
    "at",
    [
        1172635200,
        1172635200.5,
        "1172635200",
        "2007-03-05T10:00:00",
        "2007-03-05",
        "2007-03-05 10:00:00+08:00",
        None,
        "9999-12-31T23:59:59Z",
    ],
)
async def test_a_moment_is_a_string_with_its_offset(door: Door, at: object) -> None:
    assert (await door.notice({**GOOD, "at": at}))[0] == 422


async def test_a_day_in_the_address_is_no_number_either(door: Door) -> None:
    headers = {"Authorization": f"Bearer {door.tokens['C1']}"}
    got = await door.http.get("/nodes/511525/days", params={"on": "2007-03-05"}, headers=headers)
    assert (got.status_code, got.json(), got.headers["etag"], got.headers["x-current"]) == (
        200,
        {"on": "2007-03-05", "who": "C1"},
        '"2"',
        "no",
    )
    assert (await door.http.get("/nodes/511525/days", params={"on": "1172635200"}, headers=headers)).status_code == 422


async def test_whose_node_it_is_not_is_told_so_by_case_and_by_node(door: Door) -> None:
    assert (await door.notice(GOOD, by="far"))[0] == 403
    assert (await door.notice(GOOD, by="site"))[0] == 403
    got = await door.http.get("/nodes/511525/days", params={"on": "2007-03-05"}, headers={"Authorization": f"Bearer {door.tokens['far']}"})
    assert got.status_code == 403


async def test_what_is_not_hosted_or_is_no_case_is_not_found_or_invalid(door: Door) -> None:
    assert (await door.notice(GOOD, case="511525999-20070305-000001-1"))[0] == 404
    assert (await door.notice(GOOD, case="abc"))[0] == 422
    assert (await door.notice({**GOOD, "more": 1}))[0] == 422
    assert (
        await door.http.post(f"/cases/{CASE}/notice", json=GOOD, headers={"Authorization": f"Bearer {door.tokens['C1']}"})
    ).status_code == 400


@pytest.mark.parametrize(
    ("tags", "versions"),
    [
        (['"7"'], [7]),
        (['"7", "9"'], [7, 9]),
        (['"7"', '"9"'], [7, 9]),
        ([' "7" ,\t"9",'], [7, 9]),
        (["*"], list(range(1, 21))),
        (['W/"7"'], []),
        (['W/"7", "9"'], [9]),
        (['"abc"'], []),
        (['"0"'], []),
        (['"007"'], []),
        (['"7,9"'], []),
        (['""'], []),
        (['"99999999999999999999"'], []),
        (['"é", "7"'], [7]),
        ([""], []),
    ],
)
async def test_if_match_is_a_list_of_strong_tags_or_a_star(door: Door, tags: list[str], versions: list[int]) -> None:
    """RFC 9110, 13.1.1: compared strongly, so that a weak tag never matches; a tag that is none of ours matches nothing."""
    known = {"Authorization": f"Bearer {door.tokens['C1']}", "Idempotency-Key": "k"}
    headers = [(name.encode(), value.encode("latin-1")) for name, value in (*known.items(), *(("If-Match", tag) for tag in tags))]
    got = await door.http.post(f"/cases/{CASE}/notice", json=GOOD, headers=headers)
    assert (got.status_code, got.json()["expected"]) == (201, versions)


@pytest.mark.parametrize(
    "tag",
    [
        "7",
        "W/7",
        'w/"7"',
        '"7',
        '7"',
        '"7" "9"',
        '"7";"9"',
        '"7", *',
        "*, *",
        "**",
        '"a b"',
        '"7"x',
        '"7"' + ', "7"' * 900,
        "  ," * 300 + "x",
    ],
)
async def test_if_match_that_is_no_list_of_tags_is_400(door: Door, tag: str) -> None:
    status, got = await door.notice(GOOD, **{"If-Match": tag})
    assert (status, got["fields"][0]["because"]) == (400, '应为 ETag 给出的版本，如 "7"，可以并列几个，或只写 *')
