"""Prints the first sheet of the workbook on its standard input as JSON: `python -I workbook.py < file`, a process of its own.

A few kilobytes can ask for more memory than there is, and the reader then ends its process: it shall be this one and not the site.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from python_calamine import CalamineWorkbook

MAX_MEMORY: Final = 1024 * 1024 * 1024
MAX_SECONDS: Final = 30
MAX_UNPACKED: Final = 200 * 1024 * 1024
MAX_TEXT: Final = 64 * 1024 * 1024
MAX_ROWS: Final = 100_000
EXACT: Final = 1e15
"""A spreadsheet keeps 15 digits of a number; what is longer it has changed."""

Cell = str | float | int | bool | datetime | date | time | timedelta | None


class WorkbookTooLarge(Exception):
    """More than anybody would take in; the message says what."""


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
    return str(value).strip()


def rows(data: bytes) -> list[tuple[int, list[str]]]:
    """The rows of the first sheet that hold something, numbered as a spreadsheet does. Raises whatever the libraries make of `data`."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MAX_UNPACKED:
        raise WorkbookTooLarge(f"文件展开后有 {unpacked:,} 字节，最多 {MAX_UNPACKED:,}")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    first = sheet.start[0] + 1 if sheet.start else 1
    found: list[tuple[int, list[str]]] = []
    length = 0
    for number, row in enumerate(sheet.iter_rows(), start=first):
        cells = [text(cell) for cell in row]
        if not any(cells):
            continue
        found.append((number, cells))
        length += sum(map(len, cells))
        if length > MAX_TEXT:
            raise WorkbookTooLarge(f"表里的文字超过 {MAX_TEXT:,} 字")
        if len(found) > MAX_ROWS + 1:
            break
    return found


def answer(data: bytes) -> dict[str, Any]:
    """`rows`, or `code` and `because`."""
    try:
        return {"rows": rows(data)}
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
