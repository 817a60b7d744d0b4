"""Which row is the header, and which column means what: compared without regard to width, case, spaces and signs nobody sees."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from libs.codes import folded, unseen
from libs.paper.cells import Sheet, unwrapped
from libs.paper.faults import BadTable

WITHIN: Final = 20
"""Rows that hold something, among which the header is looked for: titles and dates stand above it."""
MAX_COLUMNS: Final = 200
ADDED: Final = re.compile(r"[\s*:]|[(\[](?:必填|选填)[)\]]")
"""What forms add to a name: spaces and line breaks, asterisks, colons, 必填 in brackets."""

OTHER_SEPARATORS: Final = re.compile("[;\t，；|]")


@dataclass(frozen=True, slots=True)
class Heading:
    """A column that is looked for: its name, and other words that mean the same.

    `merges`: filled below its first row from a merged cell. `code`: a number in it may have lost what stood before it.
    """

    name: str
    synonyms: tuple[str, ...] = ()
    merges: bool = True
    code: bool = False


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a sheet: its row, its cells as the file has them, and at which place which column is."""

    row: int
    cells: tuple[str, ...]
    places: Mapping[str, int]

    def shown(self, column: str) -> str:
        """A column as the file names it."""
        return self.cells[self.places[column]] if column in self.places else column


def compared(text: str) -> str:
    """A name of a column as it is compared."""
    return ADDED.sub("", folded(text))


def header_of(sheet: Sheet, headings: Sequence[Heading], required: Sequence[str]) -> Header:
    """The first row that names all `required`, or else the one that names most."""
    meanings = {compared(word): heading.name for heading in headings for word in (heading.name, *heading.synonyms)}
    best, most = Header(0, (), {}), -1
    for number, cells in islice(sheet.rows, WITHIN):
        row = cells[: MAX_COLUMNS + 1]
        found = [meanings.get(compared(unwrapped(cell))) for cell in row]
        known = set(filter(None, found))
        if known.issuperset(required):
            return _header(number, row, found)
        if len(known) > most:
            best, most = _header(number, row, found), len(known)
    return best


def _header(number: int, row: Sequence[str], meant: Sequence[str | None]) -> Header:
    """Of columns that mean the same the first is kept, `checked` tells of the others. Columns nobody knows keep their own names."""
    names = [_plain(cell) for cell in row]
    while names and not names[-1]:
        names.pop()
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        if name:
            places.setdefault(meant[place] or name, place)
    return Header(number, tuple(names), places)


def _plain(cell: str) -> str:
    """A cell of the header in one line, without signs nobody sees."""
    return " ".join("".join(sign for sign in unwrapped(cell) if not unseen(sign)).split())


def complete(header: Header, required: Sequence[str]) -> bool:
    """Whether a sheet with this header is a table of the kind that is asked for."""
    return all(name in header.places for name in required)


def checked(sheet: Sheet, headings: Sequence[Heading], required: Sequence[str]) -> Header:
    """The header of a sheet. Raises `BadTable`: there are too many columns, one is missing, or two mean the same."""
    header = header_of(sheet, headings, required)
    said = f"{sheet.title}第 {header.row} 行（当作表头）" if header.row else f"{sheet.title}没有表头，"
    if len(header.cells) > MAX_COLUMNS:
        raise BadTable("too-many-columns", f"{said}超过 {MAX_COLUMNS} 列", header.row)
    missing = [heading for heading in headings if heading.name in required and heading.name not in header.places]
    if missing:
        words = "、".join(map(_words, missing))
        raise BadTable("missing-column", f"{said}缺少列：{words}{_separated(sheet)}", header.row or None, missing[0].name)
    for heading in headings:
        _once(header, heading, said)
    return header


def _words(heading: Heading) -> str:
    """What a column may be called: the offices' words first."""
    return f"{'／'.join(heading.synonyms[:3])}（{heading.name}）" if heading.synonyms else heading.name


def _separated(sheet: Sheet) -> str:
    """What to do where the lines of a text file came as one cell each."""
    first = [cells for _, cells in islice(sheet.rows, WITHIN)]
    alone = not sheet.name and any(OTHER_SEPARATORS.search(cells[0]) for cells in first) and not any(any(cells[1:]) for cells in first)
    return "；整行只读成一格：CSV 要用英文逗号分隔，请另存为「CSV UTF-8（逗号分隔）」" if alone else ""


def _once(header: Header, heading: Heading, said: str) -> None:
    words = {compared(word) for word in (heading.name, *heading.synonyms)}
    first, second, *_ = [*(name for name in header.cells if compared(name) in words), "", ""]
    if second:
        because = f"里「{first}」出现了两次" if first == second else f"里「{first}」和「{second}」是同一个意思，请只留一列"
        raise BadTable("duplicate-column", said + because, header.row, second)
