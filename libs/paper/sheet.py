"""Tables as people send them: CSV in UTF-8 or GB18030, XLSX. Either a table whose every cell is text, or one clear error."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from python_calamine import CalamineError, CalamineWorkbook

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_UNPACKED: Final = 200 * 1024 * 1024
MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 200
MAX_CELL: Final = 10_000

Cell = str | float | int | bool | datetime | date | time | timedelta | None


class BadTable(Exception):
    """The file is no table that can be read; `row` (as a spreadsheet counts, from 1) and `column` where it is about one place."""

    def __init__(self, code: str, because: str, row: int | None = None, column: str | None = None) -> None:
        super().__init__(because)
        self.code, self.because, self.row, self.column = code, because, row, column


@dataclass(frozen=True, slots=True)
class Table:
    """`rows`: number as a spreadsheet shows it, and the cells by column, stripped. `note` says what a clerk should know."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    note: str = ""


def read_table(data: bytes, required: Sequence[str], *, max_rows: int = MAX_ROWS) -> Table:
    """The table in `data`, told by its content whether XLSX or CSV. Raises `BadTable`; nothing else."""
    if not data.strip():
        raise BadTable("empty", "文件是空的")
    if len(data) > MAX_BYTES:
        raise BadTable("too-large", f"文件有 {len(data):,} 字节，最多 {MAX_BYTES:,}")
    if data[:4] == b"PK\x03\x04":
        return _table(_from_xlsx(data), required, "", max_rows)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise BadTable("old-excel", "这是旧版 Excel（.xls）文件，请另存为 .xlsx 或 UTF-8 的 CSV")
    text, note = _text(data)
    return _table(_from_csv(text), required, note, max_rows)


def _text(data: bytes) -> tuple[str, str]:
    if b"\x00" in data:
        raise BadTable("binary", "这不是 CSV，也不是 XLSX 文件")
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("gb18030"), "文件是 GBK/GB18030 编码，已按此读取；请核对生僻字，建议另存为 UTF-8"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadTable("encoding", f"第 {line} 行的文字既不是 UTF-8 也不是 GBK 编码", line) from None


def _from_csv(text: str) -> Iterable[tuple[int, Sequence[Cell]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    started = 1
    try:
        for cells in reader:
            yield started, cells
            started = reader.line_num + 1
    except csv.Error as error:
        raise BadTable("broken-row", f"第 {started} 行读不下去：{error}（引号没有配对？）", started) from None


def _from_xlsx(data: bytes) -> Iterable[tuple[int, Sequence[Cell]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise BadTable("too-large", f"文件展开后有 {unpacked:,} 字节，最多 {MAX_UNPACKED:,}")
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        if not workbook.sheet_names:
            raise BadTable("empty", "工作簿里没有表")
        sheet = workbook.get_sheet_by_index(0)
        first = sheet.start[0] if sheet.start else 0
        rows = list(sheet.iter_rows())
    except (zipfile.BadZipFile, zipfile.LargeZipFile, CalamineError, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise BadTable("broken-file", f"XLSX 文件损坏或不完整：{error}") from None
    return [(first + n + 1, row) for n, row in enumerate(rows)]


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _table(lines: Iterable[tuple[int, Sequence[Cell]]], required: Sequence[str], note: str, max_rows: int) -> Table:
    numbered = iter(lines)
    header_row, header = next(((n, row) for n, row in numbered if any(map(_cell, row))), (0, ()))
    columns = _columns(header_row, header, required)
    rows: list[tuple[int, dict[str, str]]] = []
    for number, row in numbered:
        cells = [_cell(cell) for cell in row]
        if not any(cells):
            continue
        if len(rows) >= max_rows:
            raise BadTable("too-many-rows", f"超过 {max_rows:,} 行", number)
        if any(cells[len(columns) :]):
            raise BadTable("ragged", f"第 {number} 行有 {len(cells)} 列，表头只有 {len(columns)} 列", number)
        if any(len(cell) > MAX_CELL for cell in cells):
            raise BadTable("long-cell", f"第 {number} 行有一格超过 {MAX_CELL:,} 字", number)
        cells += [""] * (len(columns) - len(cells))
        rows.append((number, dict(zip(columns, cells, strict=False))))
    if not rows:
        raise BadTable("empty", "只有表头，没有数据行", header_row)
    return Table(tuple(columns), tuple(rows), note)


def _columns(number: int, header: Sequence[Cell], required: Sequence[str]) -> list[str]:
    columns = [_cell(cell) for cell in header]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > MAX_COLUMNS:
        raise BadTable("too-many-columns", f"表头有 {len(columns)} 列，最多 {MAX_COLUMNS}", number)
    twice = next((name for n, name in enumerate(columns) if name in columns[:n]), None)
    if twice is not None:
        raise BadTable("duplicate-column", f"表头里「{twice}」出现了两次", number, twice)
    missing = [name for name in required if name not in columns]
    if missing:
        raise BadTable("missing-column", f"缺少列：{'、'.join(missing)}", number or None, missing[0])
    return columns
