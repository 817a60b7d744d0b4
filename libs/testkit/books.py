"""Workbooks made in the test: any number of sheets, blank rows and columns before them, merged cells, errors, hidden sheets."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import xlsxwriter

ERRORS: Final = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA")
"""What spreadsheets show where a formula has no value."""


@dataclass(frozen=True)
class Page:
    """One sheet of a workbook under test; `merged`: (first row, first column, last row, last column) as a spreadsheet counts rows."""

    name: str
    rows: Sequence[Sequence[object]]
    above: int = 0
    left: int = 0
    merged: Sequence[tuple[int, int, int, int]] = ()
    hidden: str = ""


@dataclass(frozen=True)
class Formula:
    """A cell with a formula and the value that was kept with it."""

    formula: str
    kept: str | bool | float


def book(*pages: Page) -> bytes:
    """The workbook as XLSX. The first sheet that is not hidden is the one it opens with."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as made:
        days, places = made.add_format({"num_format": "yyyy-mm-dd"}), made.add_format()
        sheets = [made.add_worksheet(page.name) for page in pages]
        for page, sheet in zip(pages, sheets, strict=True):
            for n, row in enumerate(page.rows):
                for m, cell in enumerate(row):
                    write(sheet, page.above + n, page.left + m, cell, days)
            for first, left, last, right in page.merged:
                top = page.rows[first - 1 - page.above][left - page.left]
                sheet.merge_range(first - 1, left, last - 1, right, top, places)
        shown = next((sheet for page, sheet in zip(pages, sheets, strict=True) if not page.hidden), None)
        if shown is not None:
            shown.activate()
            shown.set_first_sheet()
        for page, sheet in zip(pages, sheets, strict=True):
            if page.hidden:
                {"hidden": sheet.hide, "very": sheet.very_hidden}[page.hidden]()
    return out.getvalue()


def write(sheet: Any, row: int, column: int, cell: object, days: object) -> None:
    """Writes a text, a number, a truth value, a day, a formula; None and a text without signs are an empty cell."""
    match cell:
        case Formula():
            sheet.write_formula(row, column, cell.formula, None, cell.kept)
        case date():
            sheet.write_datetime(row, column, cell, days)
        case None | "":
            sheet.write_blank(row, column, None)
        case str():
            sheet.write_string(row, column, cell)
        case _:
            sheet.write(row, column, cell)


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """The same workbook with its parts changed by `change(name, part)`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
    return out.getvalue()
