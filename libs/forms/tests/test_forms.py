"""Forms are strict: a number is a number, a text shows all it says, and JSON that two programs read differently is not read."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import Field, ValidationError

from libs.forms import Form, Name, Titles, Unreadable, form_of, strict_json


class Way(StrEnum):
    POST = "post"


class Part(Form):
    days: Annotated[int, Field(ge=1)] = 1
    paid: bool = False


class Whole(Form):
    name: Name = "某件"
    way: Way = Way.POST
    parts: tuple[Part, ...] = ()
    other: Part | None = None
    longer: int | None = None


@pytest.mark.parametrize(
    ("value", "because"),
    [
        ({"parts": [{"days": "10"}]}, "parts[1].days：应为整数"),
        ({"parts": [{}, {"days": True}]}, "parts[2].days：应为整数"),
        ({"parts": [{"days": 10.0}]}, "parts[1].days：应为整数"),
        ({"other": {"paid": 1}}, "other.paid：应为是或否"),
        ({"other": {"paid": "yes"}}, "other.paid：应为是或否"),
        ({"longer": "5"}, "longer：应为整数"),
        ({"nane": "某件"}, "nane：没有这一项"),
        ({"name": "某\u200b件"}, "name：含有看不见的或自造的字符（U+200B），请删去或改用标准字"),
        ({"name": "某\u202e件"}, "name：含有看不见的或自造的字符（U+202E），请删去或改用标准字"),
        ({"name": "某\ue000件"}, "name：含有看不见的或自造的字符（U+E000），请删去或改用标准字"),
        ({"name": "某" + "\u0e47" * 9}, "name：一个字上叠加的符号多于 8 个，请删去多余的"),
        ([], "应为一组填写项"),
    ],
)
def test_what_is_not_meant_is_not_taken_for_it(value: object, because: str) -> None:
    with pytest.raises(Unreadable) as no:
        form_of(Whole, value)
    assert str(no.value) == because


def test_lists_choices_and_blanks_around_a_text_are_what_json_needs() -> None:
    form = form_of(Whole, {"name": " 某件 ", "way": "post", "parts": [{"days": 3, "paid": True}]})
    assert (form.name, form.way, form.parts) == ("某件", Way.POST, (Part(days=3, paid=True),))


@pytest.mark.parametrize(
    ("data", "because"),
    [
        (b'{"limit": 1, "limit": 2}', "「limit」出现了两次"),
        (b'[{"a": {"b": 1, "c": 1, "b": 2}}]', "「b」出现了两次"),
        (b'{"a": 1, "\\u0061": 2}', "「a」出现了两次"),
        (b'{"\\ud800": 1, "\\ud800": 2}', "「\ufffd」出现了两次"),
        (b'{"a\\nb": 1, "a\\nb": 2}', "「a\ufffdb」出现了两次"),
        (b'{"%b": 1, "%b": 2}' % (b"k" * 5000, b"k" * 5000), f"「{'k' * 40}…」出现了两次"),
        (b"{" + b", ".join(b'"k%d": 1' % n for n in range(1001)) + b"}", "一组里多于 1000 项"),
        (b"[9223372036854775808]", "一个 19 位的整数超出了 64 位"),
        (b"[-9223372036854775809]", "一个 19 位的整数超出了 64 位"),
        (b"9" * 100_000, "一个 100000 位的整数超出了 64 位"),
        (b"[NaN]", "NaN 不是数字"),
        (b"[-Infinity]", "-Infinity 不是数字"),
        (b"[1e999]", "一个数字太大"),
        (b"[" * 65 + b"]" * 65, "套了 64 层以上"),
        (b'{"a":' * 64 + b"{}" + b"}" * 64, "套了 64 层以上"),
        (b"[" * 500_000, "套了 64 层以上"),
        (b'{"a":' * 500_000, "套了 64 层以上"),
        (b'{\n  "a": 1,\n}', "第 3 行第 1 列不是有效的 JSON"),
        (b"", "第 1 行第 1 列不是有效的 JSON"),
        (b'["\\ud800"]', "文字里有半个字符"),
        (b'{"\\udc00": 1}', "文字里有半个字符"),
        (b'[\n"\xff"]', "第 2 行不是 UTF-8 文字；请另存为 UTF-8"),
    ],
)
def test_json_that_two_programs_read_differently_is_not_read(data: bytes, because: str) -> None:
    with pytest.raises(Unreadable) as no:
        strict_json(data)
    assert str(no.value) == because


def test_json_is_read_up_to_its_bounds() -> None:
    assert strict_json(b'\xef\xbb\xbf{"a": [9223372036854775807, -9223372036854775808, 0.5, true, null, "\\ud83d\\ude00"]}') == {
        "a": [2**63 - 1, -(2**63), 0.5, True, None, "\U0001f600"]
    }
    assert strict_json(b"[" * 64 + b"1" + b"]" * 64)
    assert strict_json(b"[" + b"[],{}," * 99 + b"[]]")[-1] == []


def test_the_name_of_a_field_that_nobody_asks_for_stays_one_short_line() -> None:
    with pytest.raises(Unreadable) as no:
        form_of(Part, {"a\nb" + "k" * 5000: 1})
    assert str(no.value) == f"a\ufffdb{'k' * 37}…：没有这一项"


class InnerForm(Form):
    name: Name
    titles: Titles = ()


class ListForm(Form):
    titles: Titles = ()
    rows: Annotated[tuple[InnerForm, ...], Field(max_length=20)] = ()
    more: Annotated[list[int], Field(max_length=5)] | None = None


@pytest.mark.parametrize(
    ("value", "places"),
    [
        ({"titles": [1] * 100_000}, [("titles",)]),
        ({"titles": ["a"] * 51}, [("titles",)]),
        ({"rows": [{}] * 100_000, "more": ["x"] * 100_000}, [("rows",), ("more",)]),
        ({"rows": [{"name": "x", "titles": [1] * 100_000}]}, [("rows", 0, "titles")]),
    ],
)
def test_a_list_that_is_too_long_is_told_by_its_length_and_its_items_are_not_looked_at(value: Any, places: list[Any]) -> None:
    """Every fault costs: a list of a million wrong items held everybody up for seconds."""
    with pytest.raises(ValidationError) as no:
        ListForm.model_validate(value)
    assert [(error["loc"], error["type"]) for error in no.value.errors()] == [(place, "too_long") for place in places]


def test_in_a_list_that_is_not_too_long_every_item_is_looked_at() -> None:
    with pytest.raises(ValidationError) as no:
        ListForm.model_validate({"titles": [1, "a", 2]})
    assert [error["loc"] for error in no.value.errors()] == [("titles", 0), ("titles", 2)]
    assert ListForm.model_validate({"titles": ["a"] * 50, "rows": [{"name": "x"}], "more": [1, 2]}).more == [1, 2]


def test_the_bound_of_a_list_is_described() -> None:
    assert ListForm.model_json_schema()["properties"]["titles"]["maxItems"] == 50
