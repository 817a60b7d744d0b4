"""A terminal shows texts as they are: no markup is read out of them, and no control character gets through to the terminal."""

from __future__ import annotations

import sys
from collections.abc import Container, Iterator
from typing import Any, Final
from unicodedata import category

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.status import Status
from rich.table import Table
from rich.text import Text

_LAYOUT: Final = frozenset("\n\t")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs"})
"""Control characters, among them those that begin an escape sequence; marks that turn what follows; halves of a character."""


def plain(text: str) -> str:
    """`text` as every terminal shows it: a character that a terminal would obey is written as its number, \\x1b."""
    return "".join(sign if sign in _LAYOUT or category(sign) not in _HIDDEN else _named(sign) for sign in text)


def _named(sign: str) -> str:
    return f"\\x{ord(sign):02x}" if ord(sign) < 0x100 else f"\\u{ord(sign):04x}"


class Terminal(Console):
    """The console of every command. Colour is asked for by `style`, never by marks in a text."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False, highlight=False)

    def render_str(self, text: str, **how: Any) -> Text:
        """Every text that is printed comes by here, in a table's cell too."""
        return super().render_str(plain(text), **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        """Every piece on its way out, also of a `Text` that was made elsewhere."""
        for piece in super().render(renderable, options):
            yield piece if piece.control else Segment(plain(piece.text), piece.style)

    def status(self, status: Any, **how: Any) -> Status:
        """While something is done. Rich would read marks out of the sentence."""
        return super().status(Text(plain(str(status))), **how)


def table(*columns: str, title: str | None = None, right: Container[str] = ()) -> Table:
    """A table whose cells are shown whole, on several lines where they must: Chinese has no blanks, and rich would cut it like a long word."""
    found = Table(title=title)
    for column in columns:
        found.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return found


def say(sentence: str) -> None:
    """One sentence on stderr."""
    print(plain(sentence), file=sys.stderr)  # noqa: T201  # the one place that does
