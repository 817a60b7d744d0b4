"""The lines of a log as CSV: each with the number an editor shows where it begins, or one sentence with file, line and column."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from libs.forms import why_not
from services.onebox.log_cells import shown
from services.onebox.log_map import LogFile

BIGGEST: Final = 100 * 1024 * 1024
"""Bytes of a log."""
LONGEST: Final = 100_000
"""Characters of a cell."""
_QUOTED: Final = re.compile(r'"[^"]*(?:""[^"]*)*"')
_MARK: Final = "\ufeff"


class NotALog(Exception):
    """The file is not a log that can be taken whole; the message is one sentence."""


class LogLine(NamedTuple):
    """A line: where it begins, and its cells, trimmed. `last`: nothing comes after it, not even a line break."""

    number: int
    cells: list[str]
    last: bool


class LogLines:
    """The lines below the header; all are as long as it is."""

    def __init__(self, name: str, text: str, file: LogFile, *, strict: bool = True) -> None:
        self.name, self.header = name, LogLine(0, [], True)
        self._lines = io.StringIO(text.removeprefix(_MARK), newline="").readlines()
        self.records = self._read(file.delimiter, strict)
        self.header = next((line for line in self.records if any(line.cells)), self.header)
        if not self.header.cells:
            raise NotALog(f"{name} 是空的")

    def place_of(self, column: str) -> int:
        """Where a column stands. Raises `NotALog` where it stands nowhere, or twice."""
        found = [place for place, name in enumerate(self.header.cells) if name == column]
        if not found:
            hint = "；表头只有一列，请核对映射的 [file] delimiter" if len(self.header.cells) == 1 else ""
            raise self.fault(self.header.number, column, f"表头没有这一列{hint}")
        if len(found) > 1:
            raise self.fault(self.header.number, column, "表头有两列叫这个名字")
        return found[0]

    def fault(self, line: int, column: int | str, because: str) -> NotALog:
        """What is wrong, and where: a column by its name or its place."""
        named = column if isinstance(column, str) else self._column(column)
        return NotALog(f"{self.name} 第 {line} 行，「{shown(named)}」：{because}")

    def __iter__(self) -> Iterator[LogLine]:
        """Raises `NotALog` at the first line that is shorter or longer than the header, or cannot be read."""
        width = len(self.header.cells)
        for line in self.records:
            if len(line.cells) < 2 and not any(line.cells):
                continue  # an empty line is no record
            if len(line.cells) < width:
                raise self.fault(line.number, len(line.cells), f"缺少这一格：这一行只有 {len(line.cells)} 格，表头有 {width} 格")
            if len(line.cells) > width:
                raise self.fault(line.number, width, f"多出了一格：这一行有 {len(line.cells)} 格，表头只有 {width} 格")
            yield line

    def _column(self, place: int) -> str:
        named = self.header.cells[place] if place < len(self.header.cells) else ""
        return named or f"第 {place + 1} 格"

    def _read(self, delimiter: str, strict: bool) -> Iterator[LogLine]:
        reader = csv.reader(self._lines, delimiter=delimiter, strict=strict)
        began = 1
        try:
            for cells in reader:
                last = reader.line_num == len(self._lines) and not self._lines[-1].endswith(("\n", "\r"))
                yield LogLine(began, [cell.strip() for cell in cells], last)
                began = reader.line_num + 1
        except csv.Error:
            place, because = _broken("".join(self._lines[began - 1 :]), delimiter)
            raise self.fault(began, place, because) from None


def _broken(text: str, delimiter: str) -> tuple[int, str]:
    """Which cell of the record at the beginning of `text` cannot be read, and why."""
    at = place = 0
    while at < len(text) and text[at] not in "\r\n":
        if text[at] == '"':
            quoted = _QUOTED.match(text, at)
            if quoted is None or quoted.end() - at > LONGEST:
                return place, "引号没有收尾"
            if text[quoted.end() : quoted.end() + 1] not in ("", delimiter, "\r", "\n"):
                return place, "引号没有配对"
            at = quoted.end()
        else:
            end = next((n for n in range(at, len(text)) if text[n] in (delimiter, "\r", "\n")), len(text))
            if end - at > LONGEST:
                break
            at = end
        if text[at : at + 1] == delimiter:
            at, place = at + 1, place + 1
    return place, "这一格太长"


def open_log(path: Path, file: LogFile) -> tuple[LogLines, bytes]:
    """The lines of a file, and its bytes. Raises `NotALog`."""
    try:
        with path.open("rb") as opened:
            data = opened.read(BIGGEST + 1)
    except OSError as error:
        raise NotALog(f"{path.name or path} 无法读取：{why_not(error)}") from None
    if len(data) > BIGGEST:
        raise NotALog(f"{path.name} 太大：最多 {BIGGEST // 1024 // 1024} MB")
    try:
        return LogLines(path.name, data.decode(file.encoding), file), data
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        raise _undecoded(path.name, data[:start].decode(file.encoding, "replace"), file) from None


def _undecoded(name: str, before: str, file: LogFile) -> NotALog:
    """The fault of the cell in which no text of the encoding follows on `before`."""
    lines = LogLines(name, f"{before}?", file, strict=False)
    *_, last = lines.header, *lines.records
    column = f"第 {len(last.cells)} 格" if last is lines.header else len(last.cells) - 1
    return lines.fault(last.number, column, f"不是 {file.encoding} 文字，请核对映射的 [file] encoding")
