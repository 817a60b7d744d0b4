"""Kinds of spreadsheets and lists, as offices send them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

import xlsxwriter

from tests.kinds.counter import registered
from tests.kinds.desk import Desk
from tests.kinds.kind import Topic

SHEETS: Final = Topic()
HEADER: Final = ("full_item_code", "name", "task_type_code", "department")
ZH: Final = ("事项编码", "事项名称", "事项类型", "事项所属部门")
WATER: Final = ("511A00001", "取水许可", "01", "高县水利局")
TREES: Final = ("511A00002", "林木采伐许可", "01", "高县林业局")
NAMELESS: Final = ("511A00003", "", "01", "高县林业局")
ZERO_WIDTH: Final = "\u200b"
OVERRIDE: Final = "\u202e"


def csv(*rows: Sequence[str]) -> str:
    """A list as CSV; no cell needs quotes."""
    return "".join(",".join(row) + "\n" for row in rows)


def book(fill: Callable[[Any], None]) -> bytes:
    """A workbook as `fill` makes it."""
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as made:
        fill(made)
    return data.getvalue()


def table(sheet: Any, *rows: Sequence[object], first: int = 1) -> None:
    """Writes rows into a sheet from row `first` on, as the spreadsheet numbers them; what stands in a row stays what it is."""
    for number, row in enumerate(rows, start=first - 1):
        for column, value in enumerate(row):
            write = sheet.write_string if isinstance(value, str) else sheet.write
            write(number, column, value)


def listed(*rows: Sequence[object], first: int = 1) -> bytes:
    """A workbook with one sheet of these rows."""
    return book(lambda made: table(made.add_worksheet("事项"), *rows, first=first))


@SHEETS.kind(
    "blank-rows-above",
    "A clerk left two rows blank above the header: a row set aside has the number that the spreadsheet shows beside it.",
    "OpenDataServices/cove#1227",
)
def blank_rows_above(desk: Desk) -> None:
    assert desk.dry_run("a.xlsx", listed(HEADER, WATER, NAMELESS, first=3)).rows == [5]
    assert desk.dry_run("a.csv", "\n\n" + csv(HEADER, WATER, NAMELESS)).rows == [5]

    def gaps(made: Any) -> None:
        sheet = made.add_worksheet()
        table(sheet, HEADER, WATER, first=2)
        table(sheet, NAMELESS, first=9)

    assert desk.dry_run("b.xlsx", book(gaps)).rows == [9]


@SHEETS.kind(
    "hidden-first-sheet",
    "An office hid last year's sheet and sent the workbook: the visible sheet is read, the hidden one is not.",
    "tidyverse/readxl#513",
)
def hidden_first_sheet(desk: Desk) -> None:
    def fill(made: Any) -> None:
        old, new = made.add_worksheet("2006年"), made.add_worksheet("2007年")
        table(old, HEADER, NAMELESS, NAMELESS, NAMELESS)
        table(new, HEADER, WATER, TREES)
        old.hide()
        new.activate()
        new.set_first_sheet()

    found = desk.dry_run("a.xlsx", book(fill))
    assert (found.read, found.land) == (2, 2)


@SHEETS.kind(
    "several-sheets",
    "An office keeps one list per sheet in a workbook: it is refused and the sheets are named, none is read in silence.",
    "pandas-dev/pandas#30276",
)
def several_sheets(desk: Desk) -> None:
    def fill(made: Any) -> None:
        table(made.add_worksheet("水利局"), HEADER, WATER)
        table(made.add_worksheet("林业局"), HEADER, TREES)

    said = desk.list_refused("a.xlsx", book(fill))
    assert "水利局" in said
    assert "林业局" in said


@SHEETS.kind(
    "title-row-above",
    "An office wrote a title over its table: the header below is found, and rows keep their numbers.",
    "dfinke/ImportExcel#1500",
)
def title_row_above(desk: Desk) -> None:
    found = desk.dry_run("a.xlsx", listed(("高县行政许可事项清单（2007年）",), HEADER, WATER, NAMELESS))
    assert (found.read, found.land, found.rows) == (2, 1, [4])


@SHEETS.kind(
    "chinese-headers",
    "An office names its columns in Chinese: they are read as what they mean, and a report names them as the file does.",
    "SpartnerNL/Laravel-Excel#2276",
)
def chinese_headers(desk: Desk) -> None:
    found = desk.dry_run("a.csv", csv(ZH, WATER, NAMELESS))
    assert (found.land, [(aside.row, aside.column) for aside in found.set_aside]) == (1, [(3, "事项名称")])
    assert registered(desk, csv(ZH, WATER))["511A00001"] == ("取水许可", "高县水利局")


@SHEETS.kind(
    "header-not-found",
    "An office sent a list of something else: the refusal names the sheet and the row that were taken for the header.",
    "pandas-dev/pandas#48706",
)
def header_not_found(desk: Desk) -> None:
    staff = book(lambda made: table(made.add_worksheet("人员表"), ("姓名", "科室", "职务"), ("张三", "审批科", "科员"), first=2))
    said = desk.list_refused("a.xlsx", staff)
    assert "人员表" in said
    assert "第 2 行" in said


@SHEETS.kind(
    "error-cells",
    "A formula of the list broke and shows #N/A or #REF!: the row is set aside, and nothing is called by an error.",
    "dimastbk/python-calamine#105",
)
def error_cells(desk: Desk) -> None:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet()
        table(sheet, HEADER, WATER, TREES, ("511A00003", "", "01", "高县林业局"), ("", "采矿许可", "01", "高县国土局"))
        sheet.write_formula("B4", "=VLOOKUP(1,A1:A2,1)", None, "#N/A")
        sheet.write_formula("A5", "=A9", None, "#REF!")
        sheet.write_formula("B3", '=1+"x"', None, "#VALUE!")

    found = desk.dry_run("a.xlsx", book(fill))
    assert (found.land, found.rows) == (1, [3, 4, 5])
    assert all(error in aside.reason for error, aside in zip(("#VALUE!", "#N/A", "#REF!"), found.set_aside, strict=True))
    assert desk.dry_run("a.csv", csv(HEADER, ("511A00003", "#N/A", "01", "高县林业局"))).rows == [2]


@SHEETS.kind(
    "merged-departments",
    "An office merged the department's cells over its items: every row below has the department, not only the first.",
    "ExcelDataReader/ExcelDataReader#269",
)
def merged_departments(desk: Desk) -> None:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet()
        table(sheet, HEADER, WATER[:3], TREES[:3], ("511A00003", "采砂许可", "01"))
        sheet.merge_range("D2:D4", "高县水利局")

    data = book(fill)
    assert desk.dry_run("a.xlsx", data).land == 3
    assert {department for _, department in registered(desk, data).values()} == {"高县水利局"}


@SHEETS.kind(
    "code-made-date",
    "A spreadsheet took the code 3-1 for the first of March: the row is set aside and told how to write codes.",
    "harvard-library/aspace-import-excel#6",
)
def code_made_date(desk: Desk) -> None:
    def fill(made: Any) -> None:
        sheet = made.add_worksheet()
        table(sheet, HEADER, ("", *WATER[1:]))
        sheet.write_datetime("A2", date(2007, 3, 1), made.add_format({"num_format": "m-d"}))

    found = desk.dry_run("a.xlsx", book(fill))
    assert (found.land, found.rows, found.set_aside[0].column) == (0, [2], "full_item_code")
    assert "文本" in found.set_aside[0].reason


@SHEETS.kind(
    "code-made-truth",
    "A code stands as a truth value in its cell: the row is set aside, no item is called TRUE.",
    "exceljs/exceljs#278",
)
def code_made_truth(desk: Desk) -> None:
    found = desk.dry_run("a.xlsx", listed(HEADER, (True, *WATER[1:]), TREES))
    assert (found.land, found.rows) == (1, [2])
    assert "文本" in found.set_aside[0].reason


@SHEETS.kind(
    "code-made-float",
    "A code of digits became a number of fifteen places, or 1.5: rows are set aside with advice, no last digit is invented.",
    "SpartnerNL/Laravel-Excel#1126",
)
def code_made_float(desk: Desk) -> None:
    found = desk.dry_run("a.xlsx", listed(HEADER, (115115250087920223, *WATER[1:]), (1.5, *TREES[1:])))
    assert (found.land, found.rows) == (0, [2, 3])
    written = desk.dry_run("a.csv", csv(HEADER, ("1.15e+17", *WATER[1:]), ("1.15E+17", *TREES[1:]), ("007", *TREES[1:])))
    assert (written.land, written.rows) == (1, [2, 3])
    assert all("文本" in aside.reason for aside in (*found.set_aside, *written.set_aside))


@SHEETS.kind(
    "code-wrapped",
    'A system wrote ="51A-01" or \'51A-01 so that spreadsheets keep their hands off: the code within is read, with a note.',
    "JnLlnd/CSVBuddy#34",
)
def code_wrapped(desk: Desk) -> None:
    data = csv(HEADER, ('"=""51A-01"""', *WATER[1:]), ("'51A-02", *TREES[1:]))
    found = desk.dry_run("a.csv", data)
    assert (found.land, found.set_aside, bool(found.notes)) == (2, (), True)
    assert set(registered(desk, data)) == {"51A-01", "51A-02"}


@SHEETS.kind(
    "invisible-characters",
    "A code copied from a web page carries a zero-width space, a name an override of direction: both rows are set aside.",
    "nowthis/sankeymatic#54",
)
def invisible_characters(desk: Desk) -> None:
    found = desk.dry_run("a.csv", csv(HEADER, (f"511A{ZERO_WIDTH}00001", *WATER[1:]), (TREES[0], f"林木{OVERRIDE}许可", *TREES[2:])))
    assert [(aside.row, aside.column) for aside in found.set_aside] == [(2, "full_item_code"), (3, "name")]


@SHEETS.kind(
    "one-code-many-forms",
    "One code stands in full width, in small letters and as it is: it is one item, the later rows are duplicates.",
    "Tatoeba/tatoeba2#2139",
)
def one_code_many_forms(desk: Desk) -> None:
    found = desk.dry_run("a.csv", csv(HEADER, WATER, ("５１１Ａ００００１", *WATER[1:]), ("511a00001", *WATER[1:])))
    assert (found.land, found.rows) == (1, [3, 4])
    assert all("第 2 行重复" in aside.reason for aside in found.set_aside)
    composed, apart = "511É1", "511E\u03011"
    assert desk.dry_run("b.csv", csv(HEADER, (composed, *WATER[1:]), (apart, *WATER[1:]))).rows == [3]


@SHEETS.kind(
    "big5-file",
    "A list comes in Big5: it is refused with the advice to save it as UTF-8, not read as GBK with every word wrong.",
    "adobe-apiplatform/user-sync.py#213",
)
def big5_file(desk: Desk) -> None:
    rows = [
        (f"511A{n:05}", name, "01", "高縣水利局")
        for n, name in enumerate(("取水許可", "林木採伐許可", "開採礦產資源審批", "建設用地規劃許可證核發"))
    ]
    assert "UTF-8" in desk.list_refused("a.csv", csv(HEADER, *rows).encode("big5"))


@SHEETS.kind(
    "private-use-characters",
    "A rare character of a name came as a code point of somebody's own font: the file is refused, for nobody else can read it.",
    "w3c/typography#86",
)
def private_use_characters(desk: Desk) -> None:
    for data in (
        csv(HEADER, (WATER[0], "\ue5e5水许可", *WATER[2:])).encode("gb18030"),
        csv(HEADER, (WATER[0], "\ue000水许可", *WATER[2:])),
    ):
        assert "UTF-8" in desk.list_refused("a.csv", data)


@SHEETS.kind(
    "gbk-file",
    "A Chinese spreadsheet saved its CSV in GBK: every word is read right, and a note asks to look at rare characters.",
    "objectstack-ai/objectui#2556",
)
def gbk_file(desk: Desk) -> None:
    data = csv(HEADER, WATER, TREES).encode("gbk")
    found = desk.dry_run("a.csv", data)
    assert (found.land, any("GBK" in note for note in found.notes)) == (2, True)
    assert registered(desk, data)["511A00002"] == ("林木采伐许可", "高县林业局")
    assert "UTF-8" in desk.list_refused("b.csv", csv(HEADER, WATER).encode("utf-16")), "its other way to save a CSV is refused"
