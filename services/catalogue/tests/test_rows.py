"""Which rows of an item list land, and which are set aside, told with row, column and reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalogue.item.rows import LONGEST, SHOWN, ItemRow, sift
from services.catalogue.tests.stories import given_item, register


def row(number: int, code: str = "511A", fault: str | None = None, **cells: str) -> ItemRow:
    said = {"full_item_code": code, "name": "某事项", "task_type_code": "1", "department": "某局", "agency_code": "x", **cells}
    return ItemRow(number=number, cells=said, agency_fault=fault)


def told(*rows: ItemRow) -> list[tuple[int, str]]:
    return [(one.row, one.column) for one in sift(rows).set_aside]


def test_a_sound_row_lands_with_its_type_in_two_digits() -> None:
    (wording,) = sift([row(2)]).landed
    assert (wording.item, wording.name, wording.type_code, wording.agency, wording.area) == ("511A", "某事项", "01", "x", "")


def test_a_wrong_agency_is_set_aside_and_the_item_lands_without_it() -> None:
    found = sift([row(2, fault="长度不是 18 位")])
    assert [(one.row, one.column, one.value, one.reason) for one in found.agencies] == [(2, "agency_code", "x", "长度不是 18 位")]
    assert (found.landed[0].agency, found.landed[0].agency_given) == ("", "x")
    assert found.set_aside == ()


def test_of_two_rows_with_one_code_the_first_sound_one_lands() -> None:
    found = sift([row(2, name=""), row(3), row(4, name="又一次")])
    assert [one.name for one in found.landed] == ["某事项"]
    assert [(one.row, one.reason) for one in found.set_aside] == [(2, "事项名称为空"), (4, "编码与第 3 行重复")]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"code": ""}, "full_item_code"),
        ({"code": "51\n1A"}, "full_item_code"),
        ({"code": "511 A"}, "full_item_code"),
        ({"code": "1.15113E+17"}, "full_item_code"),
        ({"code": "5" * (LONGEST + 1)}, "full_item_code"),
        ({"task_type_code": "77"}, "task_type_code"),
        ({"task_type_code": ""}, ""),
        ({"name": "事\x07项"}, "name"),
        ({"department": "长" * (LONGEST + 1)}, "department"),
        ({"agency_code": "\x00"}, "agency_code"),
        ({"code": "511A-13800138000"}, "full_item_code"),
        ({"name": "某事项（13800138000）"}, "name"),
        ({"department": "某局 138 0013 8000"}, "department"),
        ({"agency_code": "440524188001010014"}, "agency_code"),
    ],
)
def test_what_no_log_can_keep_is_set_aside(changes: dict[str, Any], column: str) -> None:
    assert told(row(2, **changes)) == ([(2, column)] if column else [])


def test_a_report_repeats_no_more_than_the_beginning_of_a_value() -> None:
    (one,) = sift([row(2, department="长" * 600)]).set_aside
    assert one.value == "长" * SHOWN


@pytest.mark.parametrize("column", ["code", "name", "department", "task_type_code", "agency_code"])
def test_a_report_does_not_repeat_somebodys_number(column: str) -> None:
    (one,) = sift([row(2, **{column: "某局王某13800138000"})]).set_aside
    assert one.value == "▇"
    assert "13800138000" not in one.reason


def test_a_name_under_a_pile_of_marks_is_set_aside() -> None:
    (one,) = sift([row(2, name="事" + "\u0e47" * 9)]).set_aside
    assert (one.column, one.reason) == ("name", "一个字上叠加的符号多于 8 个，请删去多余的")


@given(st.lists(st.builds(row, st.integers(2, 99), st.text(max_size=4), st.none() | st.just("坏"), name=st.text(max_size=3))))
def test_every_row_lands_or_is_set_aside_and_what_lands_may_be_registered(rows: list[ItemRow]) -> None:
    found = sift(rows)
    assert len(found.landed) + len(found.set_aside) == len(rows)
    assert len({wording.item for wording in found.landed}) == len(found.landed)
    for wording in found.landed:
        happened = given_item().when(register(item=wording.item, name=wording.name, type_code=wording.type_code))
        assert happened.refusal is None
