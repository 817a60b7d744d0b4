"""The cases of today, worked by a door that only listens: what the clerk would have sent, on which day."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
from rich.console import Console

from libs.workdays import Calendar
from services.onebox import BoxError, OneBox, cases, seeding
from services.onebox.door import Door
from services.onebox.items import ITEMS, STOPS
from services.onebox.past import BY_ONE_ALONE, PAST, past
from services.onebox.seeding import TODAY, seed

BEFORE_DAWN = datetime(2026, 11, 27, 21, 31, tzinfo=UTC)
"""Still the 27th on a machine that keeps UTC; already the 28th at the desks."""


class Listening:
    """A door that takes everything and remembers it."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def post(self, _who: str, path: str, _key: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        self.heard.append((path.rsplit("/", 1)[-1], body or {}))
        return {"case": "511525-20261128-000001-2"}

    def file(self, node: str, key: str, form: dict[str, Any]) -> dict[str, Any]:
        return self.post("clerk", f"/intake/nodes/{node}/cases", key, form)


def test_a_notice_of_today_has_the_day_of_the_desk_wherever_the_machine_stands() -> None:
    door = Listening()
    for n in range(TODAY):
        cases.work(cast(Door, door), "511525", n, BEFORE_DAWN)
    days = {day for act, body in door.heard if act == "suspension" for day in (body["notified"], body["first"])}
    assert days == {"2026-11-28"}


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (httpx2.Response(409, json={"title": "中止只能自今日起或者以后"}), "中止只能自今日起或者以后"),
        (httpx2.Response(502, text="<html>"), "HTTP 502"),
    ],
    ids=["a refusal", "something else"],
)
def test_seeding_that_is_refused_says_why_in_one_sentence(
    answer: httpx2.Response, sentence: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refused(*_: object) -> None:
        answer.request = httpx2.Request("POST", "http://site/intake/cases/x/suspension")
        answer.raise_for_status()

    monkeypatch.setattr(seeding, "_fill", refused)
    with pytest.raises(BoxError, match=f"{sentence}（/intake/cases/x/suspension）；再次运行 scripts/up"):
        seed(OneBox(tmp_path), Console())


@pytest.mark.parametrize("now", [BEFORE_DAWN, datetime(2026, 3, 2, 1, tzinfo=UTC), datetime(2026, 10, 9, 1, tzinfo=UTC)], ids=str)
def test_the_old_register_has_cases_that_one_officer_examined_and_approved(now: datetime) -> None:
    calendar = Calendar.load()
    by_one = {n for n in range(PAST) if len(_concluded(past(n, now, calendar))) == 1}
    assert by_one == BY_ONE_ALONE


def _concluded(case: dict[str, Any]) -> set[str]:
    """Who examined and approved a case that came to its end; of one that did not, two nobodies."""
    return {step["officer"] for step in case["steps"] if step["role"] != "work"} if case["closed"] else {"", "-"}


def test_the_posts_of_the_items_are_named_as_people_read_them() -> None:
    posts = {post for _, _, _, _, steps, _ in ITEMS for _, post, _, _ in steps} | {stop["approver_post"] for stop in STOPS}
    assert posts == {"审查岗", "核准岗"}
