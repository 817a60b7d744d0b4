"""Prints the visible sheets of the workbook on its standard input as JSON: `python -I workbook.py < file`, a process of its own.

A few kilobytes can ask for more memory than there is, and the reader then ends its process: it shall be this one and not the site.
"""

from __future__ import annotations

import io
import json
import re
import resource
import sys
import zipfile
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MAX_MEMORY: Final = 1024 * 1024 * 1024
MAX_SECONDS: Final = 30
MAX_UNPACKED: Final = 200 * 1024 * 1024
MAX_TEXT: Final = 64 * 1024 * 1024
MAX_ROWS: Final = 100_100
"""What a table may have, with room for the rows above its header."""
MAX_MERGED: Final = 200_000
EXACT: Final = 1e15
"""A spreadsheet keeps 15 digits of a number; what is longer it has changed."""
OTHER: Final = {"mimetype": "ODS", "xl/workbook.bin": "XLSB"}
"""Parts that tell another kind of workbook. Of these the reader tells neither errors nor merged cells from empty ones."""
ERROR: Final = re.compile(rb"(<(?:\w+:)?c\s(?:[^<>]*\s)?t\s*=\s*)([\"'])e\2")
UNCOUNTED: Final = re.compile(
    rb"<(?P<ns>(?:\w+:)?)c(?P<said>\s[^<>]*)?>\s*<(?P=ns)f(?:\s[^<>]*)?(?:/>|>[^<]*</(?P=ns)f>)\s*"
    rb"(?:<(?P=ns)v\s*/>|<(?P=ns)v\s*>\s*</(?P=ns)v>)?\s*</(?P=ns)c>"
)
"""A formula's cell without a value."""
KIND: Final = re.compile(rb"\st\s*=\s*[\"'](\w+)[\"']")

Cell = str | float | int | bool | datetime | date | time | timedelta | None


class WorkbookTooLarge(Exception):
    """More than anybody would take in; the message says what."""


class OtherFormat(Exception):
    """A workbook, but no XLSX; the message says which."""


def text(value: Cell) -> str:
    """A cell as a spreadsheet shows it; a number beyond its precision with its exponent, so that nobody takes it for a code."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float | int):
        if abs(value) >= EXACT:
            return f"{value:.14E}"
        return str(int(value)) if float(value).is_integer() else str(value)
    if isinstance(value, date):
        clock = f" {value:%H:%M:%S}" if isinstance(value, datetime) else ""
        return f"{value.year}/{value.month}/{value.day}{clock}"
    return str(value).strip()


def whole(value: Cell) -> bool:
    """Whether a cell is a whole number as it was entered, but for what stood before its first digit other than 0."""
    return isinstance(value, float | int) and not isinstance(value, bool) and float(value).is_integer() and abs(value) < EXACT


def shown(data: bytes) -> bytes:
    """The same workbook with its errors as texts, for the reader hands them on as empty cells; and `=` where a formula has no value."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        _bounded(entries)
        changed: dict[str, bytes] = {}
        for entry in entries:
            if entry.filename.endswith(".xml") and "sheet" in entry.filename.lower():
                part = archive.read(entry)
                after = ERROR.sub(rb"\1\2str\2", UNCOUNTED.sub(_uncounted, part))
                if after != part:
                    changed[entry.filename] = after
        return _with(archive, entries, changed) if changed else data


def _bounded(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED:
        raise WorkbookTooLarge(f"文件展开后有 {unpacked:,} 字节，最多 {MAX_UNPACKED:,}")
    other = next((OTHER[entry.filename] for entry in entries if entry.filename in OTHER), None)
    if other is not None:
        raise OtherFormat(f"这是 {other} 工作簿，请另存为 .xlsx 或 UTF-8 的 CSV")


def _uncounted(found: re.Match[bytes]) -> bytes:
    """A text without signs is a value, which is told by its kind."""
    said = found["said"] or b""
    if (kind := KIND.search(said)) and kind[1] == b"str":
        return found[0]
    return b"<%(ns)sc%(said)s t='str'><%(ns)sv>=</%(ns)sv></%(ns)sc>" % {b"ns": found["ns"], b"said": KIND.sub(b"", said)}


def _with(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], changed: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as after:
        for entry in entries:
            after.writestr(entry.filename, changed.get(entry.filename) or archive.read(entry))
    return out.getvalue()


def rows(sheet: CalamineSheet, room: int) -> tuple[list[tuple[int, list[str]]], dict[int, list[int]]]:
    """The rows that hold something, numbered as a spreadsheet does, and by column those in which it is a whole number; at most `room` letters.

    The iterator begins at the sheet's first row whatever stands there, and at the first column that holds something.
    """
    found: list[tuple[int, list[str]]] = []
    numbers: dict[int, list[int]] = defaultdict(list)
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [text(cell) for cell in row]
        if not any(cells):
            continue
        found.append((number, cells))
        for place in (place for place, cell in enumerate(row) if whole(cell)):
            numbers[place].append(number)
        room -= sum(map(len, cells))
        if room < 0:
            raise WorkbookTooLarge(f"表里的文字超过 {MAX_TEXT:,} 字")
        if len(found) > MAX_ROWS:
            break
    return found, numbers


def merged(sheet: CalamineSheet) -> list[tuple[int, int, int]]:
    """Cells merged over several rows: first row, last row, place among the cells of a row."""
    first_column = sheet.start[1] if sheet.start else 0
    ranges = sheet.merged_cell_ranges or []
    if len(ranges) > MAX_MERGED:
        raise WorkbookTooLarge(f"有 {len(ranges):,} 处合并单元格，最多 {MAX_MERGED:,}")
    return [(top + 1, bottom + 1, left - first_column) for (top, left), (bottom, _) in ranges if bottom > top and left >= first_column]


def sheets(data: bytes) -> dict[str, Any]:
    """The visible sheets with their rows, and the names of the hidden ones. Raises whatever the libraries make of `data`."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(shown(data)))
    visible: list[dict[str, Any]] = []
    hidden: list[str] = []
    room = MAX_TEXT
    for place, meta in enumerate(book.sheets_metadata):
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        name = " ".join(meta.name.split())
        if meta.visible != SheetVisibleEnum.Visible:
            hidden.append(name)
            continue
        sheet = book.get_sheet_by_index(place)
        found, numbers = rows(sheet, room)
        room -= sum(len(cell) for _, cells in found for cell in cells)
        visible.append({"name": name, "rows": found, "numbers": numbers, "merged": merged(sheet)})
    return {"sheets": visible, "hidden": hidden}


def answer(data: bytes) -> dict[str, Any]:
    """`sheets` and `hidden`, or `code` and `because`."""
    try:
        return sheets(data)
    except OtherFormat as error:
        return {"code": "other-format", "because": str(error)}
    except (WorkbookTooLarge, MemoryError) as error:
        return {"code": "too-large", "because": str(error) or "工作簿展开后占用的内存太多"}
    except BaseException as error:  # hostile bytes: whatever the libraries make of them, a panic included, the file is broken
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return {"code": "broken-file", "because": f"XLSX 文件损坏或不完整（{type(error).__name__}）"}


def main() -> None:
    """Limits first: they hold for everything that comes after."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    json.dump(answer(sys.stdin.buffer.read()), sys.stdout)


if __name__ == "__main__":
    main()
