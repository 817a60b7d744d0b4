"""A file becomes an item list, told by its content; nothing is written for that."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from libs.paper import BadTable
from services.catalogue.http.item_list import read_items
from services.catalogue.tests.stories import GOOD

HEAD = "department,name,task_type_code,base_code,area_code,agency_code,full_item_code\n"
LIST = HEAD + f"某局,食品经营许可,1,B1,511602000000,{GOOD},511A\n某局,取水许可,1,B1,511602000000,{GOOD[:-1]}X,511B\n"


def spreadsheet(text: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for n, line in enumerate(text.splitlines()):
            sheet.write_row(n, 0, line.split(","))
    return out.getvalue()


def test_check_digits_are_looked_at_while_reading() -> None:
    found = read_items(LIST.encode())
    assert [(one.item, one.agency) for one in found.sifted.landed] == [("511A", GOOD), ("511B", "")]
    (aside,) = found.sifted.agencies
    assert (aside.row, aside.value, aside.reason) == (3, f"{GOOD[:-1]}X", "机构编码不合 GB 32100：校验码不符")


def test_the_same_list_says_the_same_in_every_form_and_is_named_by_its_bytes() -> None:
    forms = [LIST.encode(), LIST.encode("gbk"), spreadsheet(LIST)]
    found = [read_items(data) for data in forms]
    assert found[0].sifted == found[1].sifted == found[2].sifted
    assert len({one.digest for one in found}) == len(forms)
    assert read_items(forms[0]) == found[0]
    assert [len(one.notes) for one in found] == [0, 1, 0]


@pytest.mark.parametrize("column", ["full_item_code", "name"])
def test_a_table_without_codes_or_names_is_no_item_list(column: str) -> None:
    with pytest.raises(BadTable) as bad:
        read_items(LIST.replace(column, "other").encode())
    assert (bad.value.code, bad.value.column) == ("missing-column", column)


def test_a_list_without_the_other_columns_lands_with_what_it_says() -> None:
    (wording,) = read_items("full_item_code,name,task_type_code\n511A,食品经营许可,7\n".encode()).sifted.landed
    assert (wording.type_code, wording.department, wording.agency, wording.agency_given) == ("07", "", "", "")


def test_a_type_without_its_code_is_read_by_the_word_beside_it() -> None:
    head = "full_item_code,name,item_type,task_type_code\n"
    found = read_items(f"{head}511A,食品经营许可,行政许可,\n511B,取水许可,行政处罚,01\n511C,排水许可,许可,\n511D,其他,,\n".encode())
    assert [(one.item, one.type_code) for one in found.sifted.landed] == [("511A", "01"), ("511B", "01"), ("511D", "00")]
    assert [(one.row, one.column, one.value) for one in found.sifted.set_aside] == [(4, "item_type", "许可")]
