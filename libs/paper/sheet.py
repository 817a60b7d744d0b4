"""Tables as people send them: CSV in UTF-8 or GB18030, XLSX. Either a table whose every cell is text, or one clear error."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 200
MAX_CELL: Final = 10_000
MAX_SECONDS: Final = 60
WORKBOOK: Final = Path(__file__).with_name("workbook.py")
MARK: Final = b"\xef\xbb\xbf"
_ONE_AT_A_TIME: Final = threading.Lock()
"""Workbooks may each take as much memory as `workbook.py` allows: never two at once."""

Line = tuple[int, list[str]]


class BadTable(Exception):
    """The file is no table that can be read; `row` (as a spreadsheet counts, from 1) and `column` where it is about one place."""

    def __init__(self, code: str, because: str, row: int | None = None, column: str | None = None) -> None:
        super().__init__(because)
        self.code, self.because, self.row, self.column = code, because, row, column


@dataclass(frozen=True, slots=True)
class ReadTable:
    """`rows`: number as a spreadsheet shows it, and the cells by column, stripped. `note` says what a clerk should know."""

    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    note: str = ""


class _Opened(msgspec.Struct):
    """What the process that opened a workbook (`workbook.py`) answers: its rows, or the code of what is wrong with it."""

    rows: list[Line] = []
    code: str = ""
    because: str = ""


def read_table(data: bytes, required: Sequence[str], *, max_rows: int = MAX_ROWS) -> ReadTable:
    """The table in `data`, told by its content whether XLSX or CSV. Raises `BadTable`, whatever the bytes are. Blocks: up to a minute."""
    if not data.strip():
        raise BadTable("empty", "文件是空的")
    if len(data) > MAX_BYTES:
        raise BadTable("too-large", f"文件有 {len(data):,} 字节，最多 {MAX_BYTES:,}")
    if data[:4] == b"PK\x03\x04":
        return _table(_from_workbook(data), required, "", max_rows)
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise BadTable("old-excel", "这是旧版 Excel（.xls）或加了密码的文件，请另存为不加密的 .xlsx 或 UTF-8 的 CSV")
    text, note = _text(data)
    return _table(_from_csv(text), required, note, max_rows)


def _text(data: bytes) -> tuple[str, str]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadTable("encoding", "文件是 UTF-16（Unicode 文本）编码，请另存为 UTF-8 的 CSV")
    if b"\x00" in data:
        raise BadTable("binary", "这不是 CSV，也不是 XLSX 文件")
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        if _was_utf8(data):
            line = _line(data, error)
            raise BadTable("encoding", f"第 {line} 行有残缺的 UTF-8 文字，文件可能被截断或改坏", line) from None
    try:
        return data.decode("gb18030"), "文件是 GBK/GB18030 编码，已按此读取；请核对生僻字，建议另存为 UTF-8"
    except UnicodeDecodeError as error:
        line = _line(data, error)
        raise BadTable("encoding", f"第 {line} 行的文字既不是 UTF-8 也不是 GBK 编码", line) from None


def _was_utf8(data: bytes) -> bool:
    """Whether broken UTF-8 is meant: read as GBK it would mostly decode, and every word would be a wrong one."""
    loose = data.decode("utf-8", "replace")
    broken = loose.count("\ufffd")
    return data.startswith(MARK) or sum(c >= "\u0800" for c in loose) - broken > broken


def _line(data: bytes, error: UnicodeDecodeError) -> int:
    return data.count(b"\n", 0, error.start) + 1


def _from_csv(text: str) -> Iterable[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    started = 1
    try:
        for cells in reader:
            yield started, [cell.strip() for cell in cells]
            started = reader.line_num + 1
    except csv.Error:
        raise BadTable("broken-row", f"第 {started} 行读不下去：引号没有配对，或一格太长", started) from None


def _from_workbook(data: bytes) -> list[Line]:
    environment = {name: value for name, value in os.environ.items() if name in ("PATH", "LD_LIBRARY_PATH")}
    try:
        with _ONE_AT_A_TIME:
            done = subprocess.run(  # noqa: S603 (our own file, nothing of the user's in the command)
                [sys.executable, "-I", str(WORKBOOK)], input=data, capture_output=True, timeout=MAX_SECONDS, env=environment, check=False
            )
    except subprocess.TimeoutExpired:
        raise BadTable("too-large", f"工作簿 {MAX_SECONDS} 秒内没有读完") from None
    if done.returncode < 0:
        raise BadTable("too-large", "工作簿展开后占用的内存或时间太多；请只留要导入的表，另存后再试")
    if done.returncode:
        raise RuntimeError(f"the reader of workbooks does not run: {done.stderr[-500:].decode(errors='replace')}")
    opened = msgspec.json.decode(done.stdout, type=_Opened)
    if opened.code:
        raise BadTable(opened.code, opened.because)
    return opened.rows


def _table(lines: Iterable[Line], required: Sequence[str], note: str, max_rows: int) -> ReadTable:
    numbered = iter(lines)
    header_row, header = next(((n, row) for n, row in numbered if any(row)), (0, []))
    columns = _columns(header_row, header, required)
    rows: list[tuple[int, dict[str, str]]] = []
    for number, cells in numbered:
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
        raise BadTable("empty", "只有表头，没有数据行", header_row or None)
    return ReadTable(tuple(columns), tuple(rows), note)


def _columns(number: int, header: Sequence[str], required: Sequence[str]) -> list[str]:
    columns = list(header)
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
