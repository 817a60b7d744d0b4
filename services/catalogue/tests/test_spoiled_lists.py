"""What a spreadsheet makes of a cell: errors, dates, numbers, formulas; and signs nobody sees, forms of one code, encodings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

import pytest

from libs.testkit.books import ERRORS, Formula, rewritten
from services.catalogue.http.item_list import read_items
from services.catalogue.tests.lists import HEAD, aside, landed, listed, refused, text

NUMBERS = (
    "1.15E+17",
    "1.15e+17",
    "-1.15e+17",
    "1.15e17",
    "1E+17",
    "115E+15",
    "1,15E+17",
    "１．１５Ｅ＋１７",
    "1.15",
    "51.0",
    "-51",
    "511,602",
    "50%",
    "51.5%",
)
DATES = (
    "2024/1/5",
    "2024-01-05",
    "5月1日",
    "2024年5月",
    "1-May",
    "May-24",
    "1/5/2024",
    "12:05",
    "2024-01-05 00:00:00",
    "1月5日",
    "5/1",
    "36:00:00",
    "2215/3/2",
)

# errors


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("column", range(3))
def test_an_error_of_a_spreadsheet_is_set_aside_in_any_column(error: str, column: int) -> None:
    def row(cell: object) -> list[object]:
        return [cell if n == column else sound for n, sound in enumerate(("51A-01", "取水许可", "水务局"))]

    found = read_items(listed(row(Formula("=A9", error)), row(error)))
    said = read_items(text(",".join(map(str, row(error)))))
    assert aside(found) == [(2, HEAD[column]), (3, HEAD[column])]
    assert aside(said) == [(2, HEAD[column])]
    assert all(error in one.reason for one in (*found.sifted.set_aside, *said.sifted.set_aside))


@pytest.mark.parametrize("shown", ["#n/a", "######", "Err:502", "＃N/A"])
def test_errors_in_other_dress(shown: str) -> None:
    assert aside(read_items(text(f"51A-01,取水许可,{shown}"))) == [(2, "department")]


def test_an_error_in_a_column_that_nobody_reads_is_no_fault() -> None:
    found = read_items(listed(("51A-01", "取水许可", Formula("=A9", "#N/A")), head=("full_item_code", "name", "备注")))
    assert landed(found) == ["51A-01"]


def test_a_formula_that_was_never_worked_out_is_no_empty_cell() -> None:
    def forget(name: str, part: bytes) -> bytes:
        return part.replace(b"<v>7777</v>", b"<v/>").replace(b"<v>8888</v>", b"") if name.endswith("sheet1.xml") else part

    data = rewritten(listed(("51A-01", "取水许可", Formula("=A9", 7777)), ("51A-02", Formula("=A9", 8888), "")), forget)
    assert aside(read_items(data)) == [(2, "department"), (3, "name")]


@pytest.mark.parametrize("value", [b"", b"<v/>", b"<v></v>"])
def test_an_error_whose_name_was_not_kept_is_no_empty_cell(value: bytes) -> None:
    def forget(name: str, part: bytes) -> bytes:
        return part.replace(b"<v>#N/A</v>", value) if name.endswith("sheet1.xml") else part

    assert aside(read_items(rewritten(listed(("51A-01", "取水许可", Formula("=A9", "#N/A"))), forget))) == [(2, "department")]


def test_a_formula_that_comes_to_nothing_is_an_empty_cell() -> None:
    def keep_nothing(name: str, part: bytes) -> bytes:
        return part.replace(b"<v>nothing</v>", b"<v></v>") if name.endswith("sheet1.xml") else part

    (wording,) = read_items(rewritten(listed(("51A-01", "取水许可", Formula('=""', "nothing"))), keep_nothing)).sifted.landed
    assert wording.department == ""


@pytest.mark.parametrize(("cells", "column"), [(("=A1", "名", ""), "full_item_code"), (("51A-01", "=VLOOKUP(A1,B:C,2,0)", ""), "name")])
def test_a_formula_as_text_is_no_value(cells: tuple[str, str, str], column: str) -> None:
    assert aside(read_items(listed(cells))) == [(2, column)]


# codes that a spreadsheet spoiled


@pytest.mark.parametrize(
    "cell",
    [
        date(2024, 1, 5),
        date(2215, 3, 2),
        datetime(2024, 1, 5, 12),  # noqa: DTZ001 (a spreadsheet knows no zone)
        time(12, 5),
        True,
        False,
        1.15,
        -5,
        115113010833722043,
        Formula("=1=1", True),
        Formula("=1.15", 1.15),
    ],
)
def test_a_code_that_became_something_else_is_set_aside_with_advice(cell: object) -> None:
    (one,) = read_items(listed((cell, "取水许可", ""))).sifted.set_aside
    assert (one.row, one.column) == (2, "full_item_code")
    assert "设为文本" in one.reason


@pytest.mark.parametrize(
    "code",
    [*NUMBERS, *DATES, "TRUE", "false"],
)
@pytest.mark.parametrize("column", ["full_item_code", "base_code", "area_code"])
def test_a_csv_that_keeps_what_a_spreadsheet_made_of_a_code_is_no_better(code: str, column: str) -> None:
    sound = {"full_item_code": "51A-01", "name": "取水许可", "base_code": "B1", "area_code": "511525"} | {column: code}
    (one,) = read_items(text(",".join(f'"{cell}"' for cell in sound.values()), head=",".join(sound))).sifted.set_aside
    assert (one.row, one.column) == (2, column)
    assert "设为文本" in one.reason


@pytest.mark.parametrize(
    "code", ["511E07", "511E00123000", "51-01-01", "511A-2024-01", "5E-A", "TRUE-1", "511A0138000000-511602000000-000-1-00"]
)
def test_codes_that_only_look_a_little_like_that_are_codes(code: str) -> None:
    assert landed(read_items(text(f"{code},取水许可,"))) == [code]


def test_a_code_kept_as_a_whole_number_lands_with_a_note() -> None:
    found = read_items(listed((511602000000, "取水许可", ""), ("51A-01", "二", 3)))
    assert landed(found) == ["511602000000", "51A-01"]
    assert len(found.notes) == 1
    assert "「full_item_code」有 1 格" in found.notes[0]
    assert "前导零" in found.notes[0]


@pytest.mark.parametrize("agency", ["1.15e+17", "TRUE", "2024/1/5"])
def test_a_spoiled_agency_is_told_the_same_advice(agency: str) -> None:
    (one,) = read_items(text(f"51A-01,取水许可,{agency}", head="full_item_code,name,agency_code")).sifted.agencies
    assert "设为文本" in one.reason


@pytest.mark.parametrize("cell", ['="51A-01"', '= "51A-01"', "'51A-01", '="51A-01 "'])
def test_a_code_in_the_dress_of_a_formula_or_a_text_is_unwrapped_with_a_note(cell: str) -> None:
    quoted = '"' + cell.replace('"', '""') + '"'
    for data in (listed((cell, "取水许可", "")), text(f"{quoted},取水许可,"), text(f"{cell},取水许可,")):
        found = read_items(data)
        assert landed(found) == ["51A-01"]
        assert len(found.notes) == 1
        assert "「full_item_code」有 1 格" in found.notes[0]


@pytest.mark.parametrize("cell", ["“51A-01”", "‘51A-01", "’51A-01", "`51A-01", "'51A-01'", '"51A-01"', "''51A-01", "＇51A-01", "51A-01＂"])
def test_a_code_with_any_other_quotation_mark_is_set_aside(cell: str) -> None:
    (one,) = read_items(listed((cell, "取水许可", ""))).sifted.set_aside
    assert (one.row, one.column) == (2, "full_item_code")
    assert "引号" in one.reason


@pytest.mark.parametrize("word", ["无", "/", "—", "－", "合计", "事项代码"])
def test_a_word_or_a_stroke_in_place_of_a_code_is_no_code(word: str) -> None:
    (one,) = read_items(listed((word, "取水许可", ""), ("51A-01", "取水许可", ""))).sifted.set_aside
    assert (one.row, one.column) == (2, "full_item_code")
    assert "字母" in one.reason


def test_every_column_is_unwrapped_and_quotes_in_a_name_are_left() -> None:
    found = read_items(
        listed(("51A-01", '="取水""许可"""', "'水务局"), ("51A-02", "'十四五'规划", ""), head=('="full_item_code"', "name", "department"))
    )
    assert [(one.name, one.department) for one in found.sifted.landed] == [('取水"许可"', "水务局"), ("'十四五'规划", "")]
    assert len(found.notes) == 2


# what nobody sees, and forms of one code


@pytest.mark.parametrize("sign", ["\u200b", "\u200e", "\u202e", "\u2066", "\ufeff", "\u00ad", "\u2060"])
@pytest.mark.parametrize("column", range(3))
def test_a_sign_that_nobody_sees_sets_the_row_aside_by_its_number(sign: str, column: int) -> None:
    cells = ["51A-01", "取水许可", "水务局"]
    cells[column] = cells[column][:2] + sign + cells[column][2:]
    for data in (listed(cells), text(",".join(cells))):
        (one,) = read_items(data).sifted.set_aside
        assert (one.row, one.column) == (2, HEAD[column])
        assert f"U+{ord(sign):04X}" in one.reason


@pytest.mark.parametrize(
    ("first", "second"), [("51A-01", "５１Ａ－０１"), ("51A-01", "51a-01"), ("51é-01", "51e\u0301-01"), ("51ａ-01", "51A-01")]
)
def test_two_forms_of_one_code_are_one_item(first: str, second: str) -> None:
    found = read_items(text(f"{first},取水许可,", f"{second},又一次,"))
    assert landed(found) == [first]
    assert aside(found) == [(3, "full_item_code")]
    assert "第 2 行" in found.sifted.set_aside[0].reason
    assert first in found.sifted.set_aside[0].reason


# encodings

TRADITIONAL = ("食品經營許可", "取水許可申請", "戶外廣告設置審批")


@pytest.mark.parametrize("names", [TRADITIONAL, TRADITIONAL[:1], ("申請",), ("公司登記",), ("土地使用",), ("食品安全管理人",)])
@pytest.mark.parametrize("head", ["full_item_code,name,department", "事項編碼,事項名稱,部門"])
def test_big5_is_refused(names: Sequence[str], head: str) -> None:
    data = text(*(f"51A-0{n},{name}," for n, name in enumerate(names)), head=head).decode().encode("big5")
    bad = refused(data, "encoding")
    assert "UTF-8" in bad.because
    assert "Big5" in bad.because


@pytest.mark.parametrize("names", [("户口变更",), ("集体户口管理",), ("规劃許可", "鎔基公司", "𠮷祥")])
def test_gbk_is_still_read(names: Sequence[str]) -> None:
    found = read_items(text(*(f"51A-0{n},{name}," for n, name in enumerate(names))).decode().encode("gb18030"))
    assert [one.name for one in found.sifted.landed] == list(names)


@pytest.mark.parametrize("sign", ["\ue000", "\ue4c6", "\uf8ff", "\U000f0000"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_with_private_characters_is_refused(sign: str, encoding: str) -> None:
    data = text("51A-01,取水许可,", f"51A-02,张{sign}许可登记,").decode().encode(encoding)
    bad = refused(data, "private-characters")
    assert (bad.row, bad.column) == (3, "name")
    assert f"U+{ord(sign):04X}" in bad.because
    assert "UTF-8" in bad.because


def test_a_workbook_with_private_characters_is_refused() -> None:
    assert refused(listed(("51A-01", "取水许可", "\ue000局"), above=3), "private-characters").row == 5
