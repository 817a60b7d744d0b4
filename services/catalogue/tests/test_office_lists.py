"""Item lists as offices lay them out: blank rows, titles, headers in Chinese, several sheets, merged cells."""

from __future__ import annotations

import pytest

from libs.testkit.books import Page, book, rewritten
from services.catalogue.http.item_list import read_items
from services.catalogue.tests.lists import HEAD, aside, landed, listed, refused, text

CHINESE = ("事项编码", "事项名称", "事项所属部门")


# rows are numbered as the spreadsheet shows them


@pytest.mark.parametrize(("above", "left"), [(0, 0), (3, 0), (0, 2), (5, 3)])
def test_blank_rows_and_columns_before_the_header_shift_no_number(above: int, left: int) -> None:
    rows = (("51A-01", "取水许可", "水务局"), ("", "无编码", ""), ("", "", ""), ("51A-01", "又一次", "水务局"))
    found = read_items(listed(*rows, above=above, left=left))
    assert aside(found) == [(above + 3, "full_item_code"), (above + 5, "full_item_code")]
    assert f"第 {above + 2} 行" in found.sifted.set_aside[1].reason


def test_a_csv_is_numbered_by_its_rows_and_not_by_its_lines() -> None:
    data = text("", '51A-01,"取水\n许可",水务局', "", ",无编码,", '51A-02,"a\r\nb",', "51A-01,又一次,")
    found = read_items(b"\n\n" + data)
    assert aside(found) == [(7, "full_item_code"), (9, "full_item_code")]
    assert "第 5 行" in found.sifted.set_aside[1].reason


def test_the_line_that_names_the_separator_is_no_row() -> None:
    data = text("51A-01;取水许可;", ";无编码;", head="full_item_code;name;department")
    assert aside(read_items(b"sep=;\r\n" + data)) == [(3, "full_item_code")]


def test_agencies_and_faults_of_the_file_have_the_same_numbers() -> None:
    head = ("full_item_code", "name", "agency_code")
    found = read_items(listed(("51A-01", "取水许可", "abc"), head=head, above=4))
    assert [(one.row, one.column) for one in found.sifted.agencies] == [(6, "agency_code")]
    assert read_items(listed(("51A-01", "取水许可"), head=head[:2])).sifted.agencies == (), "of agencies it says nothing"
    assert refused(listed(("51A-01", "取水许可", "水务局", "", "多出"), above=4), "ragged").row == 6
    assert refused(listed(above=4), "empty").row == 5
    assert refused(b'"a\nb",\n' + text('51A-01,"没有配对'), "broken-row").row == 3


def test_a_header_that_comes_again_is_no_item() -> None:
    found = read_items(listed(("51A-01", "取水许可", ""), HEAD, ("51A-02", "排水许可", "")))
    assert landed(found) == ["51A-01", "51A-02"]
    assert "第 3 行" in found.notes[0]


# which sheet


def test_a_hidden_first_sheet_is_not_read() -> None:
    old = Page("旧", [HEAD, ("51A-99", "旧事项", "")], hidden="hidden")
    older = Page("更旧", [HEAD, ("51A-98", "旧事项", "")], hidden="very")
    found = read_items(book(old, older, Page("新", [HEAD, ("51A-01", "取水许可", "")])))
    assert landed(found) == ["51A-01"]
    assert "「新」" in found.notes[0]


def test_the_visible_sheet_that_is_a_list_is_read_wherever_it_stands() -> None:
    found = read_items(book(Page("说明", [("填写说明",), ("每行一项",)]), Page("清单", [HEAD, ("51A-01", "取水许可", "")])))
    assert landed(found) == ["51A-01"]
    assert "「清单」" in found.notes[0]


def test_the_only_sheet_needs_no_note() -> None:
    assert read_items(listed(("51A-01", "取水许可", ""))).notes == ()


def test_two_visible_lists_are_refused_by_their_names() -> None:
    rows = [HEAD, ("51A-01", "取水许可", "")]
    bad = refused(book(Page("一月", rows), Page("说明", [("x",)]), Page("二月", rows)), "several-sheets")
    assert "「一月」" in bad.because
    assert "「二月」" in bad.because
    assert "说明" not in bad.because


def test_a_workbook_whose_sheets_are_all_hidden_is_refused() -> None:
    def hide(name: str, part: bytes) -> bytes:
        return part.replace(b'sheetId="1"', b'sheetId="1" state="hidden"') if name == "xl/workbook.xml" else part

    bad = refused(rewritten(listed(("51A-01", "取水许可", "")), hide), "hidden-sheets")
    assert "隐藏" in bad.because


# title rows and headers


def test_a_title_above_and_chinese_headers_are_read() -> None:
    rows = [("高县水务局事项清单", "", ""), ("2024 年", "", ""), CHINESE, ("51A-01", "取水许可", "水务局"), ("", "无编码", "水务局")]
    found = read_items(book(Page("事项", rows, above=1, merged=[(2, 0, 2, 2)])))
    (wording,) = found.sifted.landed
    assert (wording.item, wording.name, wording.department) == ("51A-01", "取水许可", "水务局")
    assert aside(found) == [(6, "事项编码")]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("事项代码", "事项名称"),
        ("实施编码", "实施事项名称"),
        ("事项编号", "名称"),
        ("事 项\n编 码", "＊事项名称（必填）"),
        ("Ｆull_item_code", "NAME"),
    ],
)
def test_headers_are_compared_by_what_they_mean(code: str, name: str) -> None:
    found = read_items(listed(("51A-01", "取水许可", "")[:2], head=(code, name)))
    assert landed(found) == ["51A-01"]


@pytest.mark.parametrize("column", ["事项所属部门", "实施主体", "所属部门", "部门"])
def test_a_department_has_many_names(column: str) -> None:
    (wording,) = read_items(listed(("51A-01", "取水许可", "水务局"), head=("事项编码", "事项名称", column))).sifted.landed
    assert wording.department == "水务局"


def test_the_other_columns_are_known_in_chinese() -> None:
    head = ("事项编码", "事项名称", "事项类型", "基本编码", "区划代码", "统一社会信用代码")
    (wording,) = read_items(listed(("51A-01", "取水许可", "行政确认", "B1", "511525", "11511301008778183N"), head=head)).sifted.landed
    assert (wording.type_code, wording.base_code, wording.area, wording.agency) == ("07", "B1", "511525", "11511301008778183N")


def test_the_word_of_a_type_gives_way_to_its_code() -> None:
    head = ("事项编码", "事项名称", "事项类型", "事项类型代码")
    found = read_items(listed(("51A-01", "取水许可", "其他", "1"), ("51A-02", "排水许可", "行政许可", "x"), head=head))
    assert [one.type_code for one in found.sifted.landed] == ["01"]
    assert aside(found) == [(3, "事项类型代码")]


def test_a_type_that_is_no_word_of_the_standard_is_set_aside_under_its_header() -> None:
    found = read_items(listed(("51A-01", "取水许可", "行政审批"), head=("事项编码", "事项名称", "事项类型")))
    assert aside(found) == [(2, "事项类型")]


def test_two_columns_of_one_meaning_are_refused_by_their_names() -> None:
    bad = refused(listed(("51A-01", "51A-02", "取水许可"), head=("事项编码", "实施编码", "事项名称")), "duplicate-column")
    assert "事项编码" in bad.because
    assert "实施编码" in bad.because


def test_columns_that_nobody_reads_may_be_blank_or_come_twice() -> None:
    found = read_items(text("x,,51A-01,取水许可,a,b", head="备注,,full_item_code,name,说明,说明"))
    assert landed(found) == ["51A-01"]


def test_a_refusal_names_sheet_and_row_taken_for_the_header() -> None:
    rows = [("事项清单", ""), ("事项编码", "备注"), ("51A-01", "x")]
    bad = refused(book(Page("表一", [("说明",)]), Page("表二", rows, above=2)), "missing-column")
    assert (bad.row, bad.column) == (4, "name")
    assert "「表二」" in bad.because
    assert "第 4 行" in bad.because
    assert "事项名称" in bad.because


@pytest.mark.parametrize("separator", [";", "\t", "，", "|"])
def test_a_text_file_with_another_separator_is_told_so(separator: str) -> None:
    bad = refused(text("51A-01,取水许可,", head="事项编码,事项名称,部门").decode().replace(",", separator).encode(), "missing-column")
    assert "英文逗号" in bad.because


def test_a_title_with_signs_of_its_own_is_no_separator() -> None:
    assert "英文逗号" not in refused("水务局；2024 清单\n编码,名称\n1,2\n".encode(), "missing-column").because


def test_words_that_a_column_may_have_are_told_in_chinese_first() -> None:
    assert "缺少列：事项编码／事项代码／事项编号（full_item_code）" in refused("编码,事项名称\n1,2\n".encode(), "missing-column").because


@pytest.mark.parametrize("page", ["<html><table><tr><td>事项编码", '\n<?xml version="1.0"?>\n<Workbook>', "\ufeff<!DOCTYPE html>"])
def test_a_web_page_that_is_called_a_spreadsheet_is_told_so(page: str) -> None:
    bad = refused(page.encode(), "other-format")
    assert "网页" in bad.because
    assert "xlsx" in bad.because


@pytest.mark.parametrize("mark", ["\ufeff", "\u200b", "\ufeff\ufeff"])
def test_marks_nobody_sees_do_not_hide_a_header(mark: str) -> None:
    found = read_items((mark + "事项编码,事项名称\n,无编码\n").encode())
    assert aside(found) == [(2, "事项编码")]


# merged cells


def test_a_merged_department_is_filled_below_its_first_row() -> None:
    rows = [("51A-01", "一", "水务局"), ("51A-02", "二", ""), ("", "", ""), ("51A-03", "三", ""), ("51A-04", "四", "")]
    found = read_items(listed(*rows, above=2, left=1, merged=[(4, 3, 7, 3)]))
    assert [one.department for one in found.sifted.landed] == ["水务局", "水务局", "水务局", ""]
    assert found.notes == ("「department」有 2 格随合并单元格填入",)


def test_merged_cells_side_by_side_and_merged_codes_fill_nothing() -> None:
    rows = [("51A-01", "一", ""), ("", "二", ""), ("51A-03", "三", "")]
    found = read_items(listed(*rows, merged=[(2, 0, 3, 0), (4, 1, 4, 2)]))
    assert [(one.item, one.department) for one in found.sifted.landed] == [("51A-01", ""), ("51A-03", "")]
    assert aside(found) == [(3, "full_item_code")]
