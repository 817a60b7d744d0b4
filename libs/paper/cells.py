"""The cells of a sheet before anybody knows what they mean: rows, merged cells, and texts in the dress of a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import msgspec

Line = tuple[int, list[str]]
"""The number of a row as a spreadsheet shows it, and its cells."""
Merged = tuple[int, int, int]
"""First row, last row, place among the cells of a row."""
QUOTED: Final = re.compile(r'=\s*"((?:[^"]|"")*)"')
MARKED: Final = re.compile(r"'([^']*)")


class Sheet(msgspec.Struct):
    """One visible sheet of a workbook, or the only one of a CSV, which has no name. Blank rows are left out.

    `numbers`: by column, the rows in which it is a whole number.
    """

    name: str
    rows: list[Line]
    numbers: dict[int, list[int]] = {}
    merged: list[Merged] = []

    @property
    def title(self) -> str:
        """The beginning of a sentence about a place in it."""
        return f"工作表「{self.name}」" if self.name else ""


def unwrapped(cell: str) -> str:
    """The text that `="text"` or `'text` stands for; any other cell as it is."""
    if quoted := QUOTED.fullmatch(cell):
        return quoted[1].replace('""', '"').strip()
    marked = MARKED.fullmatch(cell)
    return marked[1].strip() if marked else cell


def filled(rows: Iterable[Line], merged: Iterable[Merged], below: int, place: int) -> dict[int, str]:
    """What a column says in the rows that merged cells reach into, by row: the text of the first one. Rows up to `below` give nothing."""
    starts = {top: bottom for top, bottom, left in sorted(merged) if left == place and top > below}
    found: dict[int, str] = {}
    last, said = 0, ""
    for number, cells in rows:
        cell = cells[place] if place < len(cells) else ""
        if number in starts:
            last, said = starts[number], cell
        elif number <= last and not cell:
            found[number] = said
    return {number: text for number, text in found.items() if text}
