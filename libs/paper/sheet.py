"""Tables as people send them: CSV in UTF-8 or GB18030, XLSX. Either a table whose every cell is text, or one clear error."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from libs.paper.cells import Line, Sheet
from libs.paper.encoding import text_of
from libs.paper.faults import BadTable
from libs.paper.header import WITHIN, Heading, checked, complete, header_of
from libs.paper.table import ReadTable, table_of

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_ROWS: Final = 100_000
MAX_SECONDS: Final = 60
WORKBOOK: Final = Path(__file__).with_name("workbook.py")
SEPARATOR: Final = re.compile(r"\"?sep=([,;\t|])\"?\r?\n", re.IGNORECASE)
"""A first line that is for the spreadsheet alone: it is shown as no row."""
_ONE_AT_A_TIME: Final = threading.Lock()
"""Workbooks may each take as much memory as `workbook.py` allows: never two at once."""


class _Opened(msgspec.Struct):
    """What the process that opened a workbook (`workbook.py`) answers: its sheets, or the code of what is wrong with it."""

    sheets: list[Sheet] = []
    hidden: list[str] = []
    code: str = ""
    because: str = ""


def read_table(data: bytes, required: Sequence[str], headings: Sequence[Heading] = (), *, max_rows: int = MAX_ROWS) -> ReadTable:
    """The table in `data`, told by its content whether XLSX or CSV, with the `required` columns and what else of `headings` it has.

    Raises `BadTable`, whatever the bytes are. Blocks: up to a minute.
    """
    if not data.strip():
        raise BadTable("empty", "文件是空的")
    if len(data) > MAX_BYTES:
        raise BadTable("too-large", f"文件有 {len(data):,} 字节，最多 {MAX_BYTES:,}")
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise BadTable("old-excel", "这是旧版 Excel（.xls）或加了密码的文件，请另存为不加密的 .xlsx 或 UTF-8 的 CSV")
    wanted = [*headings, *(Heading(name) for name in required if all(name != heading.name for heading in headings))]
    if data[:4] == b"PK\x03\x04":
        sheet, notes = _chosen(_opened(data), wanted, required)
    else:
        text, notes = text_of(data)
        if text.lstrip().startswith("<"):
            raise BadTable("other-format", "这是网页（HTML）或 XML，只是名字像表格；请用表格软件打开，另存为 .xlsx")
        sheet = Sheet("", list(islice(_from_csv(text), max_rows + WITHIN + 1)))
    return table_of(sheet, checked(sheet, wanted, required), wanted, max_rows, notes)


def _from_csv(text: str) -> Iterator[Line]:
    """The rows that hold something; blank ones are counted as a spreadsheet counts them."""
    separator = SEPARATOR.match(text)
    lines = io.StringIO(text[separator.end() :] if separator else text, newline="")
    reader = csv.reader(lines, strict=True, delimiter=separator[1] if separator else ",")
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield number, stripped
    except csv.Error:
        raise BadTable("broken-row", f"第 {number + 1} 行读不下去：引号没有配对，或一格太长", number + 1) from None


def _opened(data: bytes) -> _Opened:
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
    return opened


def _chosen(book: _Opened, wanted: Sequence[Heading], required: Sequence[str]) -> tuple[Sheet, tuple[str, ...]]:
    """The only visible sheet that is such a table, or else the one that comes closest; a note where it was chosen among several."""
    if not book.sheets:
        raise BadTable("hidden-sheets", f"工作簿里没有看得见的工作表（隐藏的：{_named(book.hidden) or '无'}）；请取消隐藏要导入的那一张")
    headers = [header_of(sheet, wanted, required) for sheet in book.sheets]
    whole = [sheet for sheet, header in zip(book.sheets, headers, strict=True) if complete(header, required)]
    if len(whole) > 1:
        raise BadTable("several-sheets", f"有几张工作表都像要导入的清单：{_named(sheet.name for sheet in whole)}；请只留一张，另存后再试")
    known = {heading.name for heading in wanted}
    closest = max(range(len(headers)), key=lambda n: (complete(headers[n], required), len(known.intersection(headers[n].places))))
    sheet = book.sheets[closest]
    others = [_named(other.name for other in book.sheets if other is not sheet), _named(book.hidden) and f"隐藏的{_named(book.hidden)}"]
    passed = "、".join(filter(None, others))
    return sheet, (f"读取的是工作表「{sheet.name}」；没有读取：{passed}",) if passed else ()


def _named(names: Iterable[str]) -> str:
    return "、".join(f"「{name}」" for name in names)
