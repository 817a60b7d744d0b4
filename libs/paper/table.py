"""A sheet below its header becomes a table: every row checked, merged cells filled, texts unwrapped, and a note of all that."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from libs.paper.cells import Line, Sheet, filled, unwrapped
from libs.paper.faults import BadTable
from libs.paper.header import Header, Heading

MAX_CELL: Final = 10_000
SHOWN: Final = 10
"""Rows that a note counts up."""
PRIVATE: Final = re.compile("[\ue000-\uf8ff\U000f0000-\U0010ffff]")
"""自造字: each office's machines show another character for it."""


@dataclass(frozen=True, slots=True)
class ReadTable:
    """`rows`: number as a spreadsheet shows it, and the cells by column, stripped. `notes` say what a clerk should know.

    Columns have the names they were looked for by, or else their own; `header` knows how the file has them.
    """

    header: Header
    rows: tuple[tuple[int, dict[str, str]], ...]
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns in their order."""
        return tuple(self.header.places)


def table_of(sheet: Sheet, header: Header, headings: Sequence[Heading], max_rows: int, notes: Sequence[str]) -> ReadTable:
    """The table below the header. Raises `BadTable` with the row that cannot be taken."""
    for number, cells in sheet.rows:
        _known_everywhere(number, cells, header)
    named = next((cells for number, cells in sheet.rows if number == header.row), [])
    below = [line for line in sheet.rows if line[0] > header.row]
    if len(below) > max_rows:
        raise BadTable("too-many-rows", f"超过 {max_rows:,} 行", below[max_rows][0])
    for number, cells in [(header.row, named), *below]:
        _fits(number, cells, header)
    rows = [line for line in below if line[1] != named]
    if not rows:
        raise BadTable("empty", f"{sheet.title}只有表头，没有数据行", header.row)
    again = [number for number, cells in below if cells == named]
    read, said = _columns(sheet, header, headings, rows)
    more = [f"第 {_some(again)} 行又是表头，已略过"] if again else []
    return ReadTable(header, tuple(read), (*notes, *more, *said))


def _known_everywhere(number: int, cells: Sequence[str], header: Header) -> None:
    for place, cell in enumerate(cells):
        if private := PRIVATE.search(cell):
            column = next((name for name, at in header.places.items() if at == place and number > header.row), None)
            where = f"「{header.shown(column)}」" if column else ""
            because = f"第 {number} 行{where}有自造字（U+{ord(private[0]):04X}），换一台机器就是别的字；请换成标准字，另存为 UTF-8"
            raise BadTable("private-characters", because, number, column)


def _fits(number: int, cells: Sequence[str], header: Header) -> None:
    if any(cells[len(header.cells) :]):
        raise BadTable("ragged", f"第 {number} 行有 {len(cells)} 列，表头只有 {len(header.cells)} 列", number)
    if any(len(cell) > MAX_CELL for cell in cells):
        raise BadTable("long-cell", f"第 {number} 行有一格超过 {MAX_CELL:,} 字", number)


def _columns(
    sheet: Sheet, header: Header, headings: Sequence[Heading], rows: Sequence[Line]
) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """The rows by column, and notes: what was filled, what was unwrapped, which codes are numbers."""
    merges = {
        heading.name: filled(rows, sheet.merged, header.row, header.places[heading.name])
        for heading in headings
        if _merges(heading, header)
    }
    read, undressed = [], Counter[str]()
    for number, cells in rows:
        row: dict[str, str] = {}
        for column, place in header.places.items():
            cell = merges.get(column, {}).get(number) or (cells[place] if place < len(cells) else "")
            row[column] = unwrapped(cell)
            undressed[column] += row[column] != cell
        read.append((number, row))
    filled_in = {column: len(found) for column, found in merges.items()}
    numbers = {heading.name: _numbers(sheet, header, heading) for heading in headings if heading.code}
    said = [
        *_counted(header, filled_in, "随合并单元格填入"),
        *_counted(header, undressed, '写成 ="…" 或以 \' 开头，已取其中的文字'),
        *_counted(header, numbers, "存为数字而不是文本，已按数字读取；前导零如已丢失，表里看不出，请核对"),
    ]
    return read, said


def _merges(heading: Heading, header: Header) -> bool:
    return heading.merges and heading.name in header.places


def _numbers(sheet: Sheet, header: Header, heading: Heading) -> int:
    return sum(number > header.row for number in sheet.numbers.get(header.places.get(heading.name, -1), ()))


def _counted(header: Header, counts: Mapping[str, int], what: str) -> list[str]:
    return [f"「{header.shown(column)}」有 {count:,} 格{what}" for column, count in counts.items() if count]


def _some(numbers: Sequence[int]) -> str:
    return "、".join(map(str, numbers[:SHOWN])) + ("……" if len(numbers) > SHOWN else "")
