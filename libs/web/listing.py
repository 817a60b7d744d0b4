"""A list that sorts, pages and searches without a script: its whole state stands in its address, `?sort=-red&page=2&find=高县`.

What the address says is bounded here; what a list has no column for is passed over, and a page behind the last one is the last one.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

from fastapi import Query

Row = TypeVar("Row")
LONGEST: Final = 100
"""Characters somebody may look for."""
PAGES: Final = 100_000
A_PAGE: Final = 50
"""Rows of a page."""


class ListAsk(NamedTuple):
    """What a reader asks of a list."""

    sort: str = ""
    """A column's key, with `-` before it for the largest first; empty: the order the list has by itself."""
    page: int = 1
    find: str = ""

    @property
    def key(self) -> str:
        """The column that is sorted by."""
        return self.sort.removeprefix("-")

    @property
    def falling(self) -> bool:
        """The largest first."""
        return self.sort.startswith("-")

    def words(self, name: str) -> dict[str, str]:
        """What the address says of the list `name` in this state: nothing of what is so by itself."""
        said = {"sort": self.sort, "page": str(self.page) if self.page > 1 else "", "find": self.find}
        return {word_of(name, word): value for word, value in said.items() if value}


def word_of(name: str, word: str) -> str:
    """How the address calls a word of the list `name`."""
    return f"{name}-{word}" if name else word


def list_ask(name: str = "") -> Callable[..., ListAsk]:
    """A dependency: the state of the list `name` in the address of its page. A page with several lists gives each a name."""

    def ask(
        sort: str = Query("", alias=word_of(name, "sort"), max_length=40),
        page: int = Query(1, alias=word_of(name, "page"), ge=1, le=PAGES),
        find: str = Query("", alias=word_of(name, "find"), max_length=LONGEST),
    ) -> ListAsk:
        return ListAsk(sort, page, find.strip())

    return ask


@dataclass(frozen=True)
class ListColumn(Generic[Row]):
    """A column: `key` in the address, `head` above it, `value` to sort and find by; `falling`: the largest come first when it is chosen."""

    key: str
    head: str
    value: Callable[[Row], Any]
    number: bool = False
    falling: bool = False
    sorts: bool = True
    finds: bool = False


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """One page of a list, and where its other pages are."""

    rows: Sequence[Row]
    columns: Sequence[ListColumn[Row]]
    ask: ListAsk
    total: int
    """Rows that were found."""
    everything: int
    """Rows there are."""
    size: int = A_PAGE
    name: str = ""
    kept: Mapping[str, str] = field(default_factory=dict)
    """What else the page's address says, and goes on saying."""

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """The number of the first row shown; 0 where there is none."""
        return (self.ask.page - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The number of the last row shown."""
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def heads(self) -> list[tuple[str, str]]:
        """Headings with the class of their column, for the cells."""
        return [(column.head, "n" if column.number else "") for column in self.columns]

    def sorted_by(self, column: ListColumn[Row]) -> str:
        """As `aria-sort` says it; empty: not by this column."""
        if column.key != self.ask.key:
            return ""
        return "descending" if self.ask.falling else "ascending"

    def sorting(self, column: ListColumn[Row]) -> str:
        """The address of this list sorted by `column`; asked again, the other way round."""
        falling = not self.ask.falling if column.key == self.ask.key else column.falling
        return self.address(sort=f"{'-' if falling else ''}{column.key}", page=1)

    def turned(self, page: int) -> str:
        """The address of another page."""
        return self.address(page=page)

    def near(self) -> list[int]:
        """Pages worth a link: the first, the last, those beside this one; 0 stands for what is left out."""
        shown = sorted({1, self.pages, *range(max(1, self.ask.page - 1), min(self.pages, self.ask.page + 1) + 1)})
        gaps = ([0] if page - before > 1 else [] for before, page in zip([0, *shown], shown, strict=False))
        return [one for gap, page in zip(gaps, shown, strict=True) for one in (*gap, page)]

    def word(self, name: str) -> str:
        """How the address calls `name` of this list."""
        return word_of(self.name, name)

    def address(self, **change: Any) -> str:
        """The address of this list with other words, from the page itself on."""
        words = {**self.kept, **self.ask._replace(**change).words(self.name)}
        return f"?{urlencode(words)}{f'#{self.name}' if self.name else ''}"


def listed(
    rows: Iterable[Row],
    columns: Sequence[ListColumn[Row]],
    ask: ListAsk,
    *,
    order: str = "",
    size: int = A_PAGE,
    name: str = "",
    kept: Mapping[str, str] | None = None,
) -> Listing[Row]:
    """The page of `rows` that is asked for. `order` is how the list is sorted unless somebody sorts it, `-red` say; what has no value
    comes last either way.
    """
    every = list(rows)
    known = {column.key: column for column in columns if column.sorts}
    ask = ask if ask.key in known else ask._replace(sort=order)
    found = [row for row in every if _has(row, columns, ask.find)] if ask.find else every
    if ask.key in known:
        found = _in_order(found, known[ask.key].value, falling=ask.falling)
    page = min(max(ask.page, 1), max(1, -(-len(found) // size)))
    shown = found[(page - 1) * size : page * size]
    return Listing(shown, columns, ask._replace(page=page), len(found), len(every), size, name, kept or {})


def _in_order(rows: list[Row], value: Callable[[Row], Any], *, falling: bool) -> list[Row]:
    without = [row for row in rows if value(row) is None]
    return [*sorted((row for row in rows if value(row) is not None), key=value, reverse=falling), *without]


def _has(row: Row, columns: Sequence[ListColumn[Row]], text: str) -> bool:
    wanted = _plain(text)
    return any(wanted in _plain(str(column.value(row))) for column in columns if column.finds)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
