"""Text that is written from right to left (Arabic, Hebrew) is kept apart from what stands beside it on a page, wherever a template prints it.

A value is marked when it is printed; when the page is whole, the marks become `<bdi>` in running text and go everywhere else.
"""

from __future__ import annotations

import re
from typing import Any, Final

from jinja2 import Template
from markupsafe import Markup, escape

_BEGIN, _END = "\ue0f0", "\ue0f1"
"""Private characters: nothing that is kept has them, and what is shown back as it was typed loses them."""
_RIGHT_TO_LEFT: Final = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
_MARKS: Final = re.compile(f"[{_BEGIN}{_END}]")
_BETWEEN: Final = " · "
"""What stands between the parts of one value: a post, a name, a number."""
_PIECES: Final = re.compile(r"<(title|textarea|option|script|style)\b.*?</\1\s*>|<[^>]*>|[^<]+|<", re.DOTALL | re.IGNORECASE)


def marked_value(value: Any) -> Any:
    """What a template prints, marked where it reads from right to left; `Environment(finalize=…)`."""
    if not isinstance(value, str) or value.isascii() or isinstance(value, Markup):
        return value
    plain = _MARKS.sub("", value)
    return Markup(_BETWEEN.join(map(_marked, plain.split(_BETWEEN)))) if _RIGHT_TO_LEFT.search(plain) else plain  # noqa: S704 (escaped there)


def _marked(part: str) -> str:
    return f"{_BEGIN}{escape(part)}{_END}" if _RIGHT_TO_LEFT.search(part) else str(escape(part))


def isolated(page: str) -> str:
    """The whole page: marks in running text become elements, marks within tags and plain-text elements go."""
    if _BEGIN not in page and _END not in page:
        return page
    return _PIECES.sub(lambda piece: _unmarked(piece[0]) if piece[0].startswith("<") else _kept_apart(piece[0]), page)


def _unmarked(tag: str) -> str:
    return _MARKS.sub("", tag)


def _kept_apart(text: str) -> str:
    return text.replace(_BEGIN, "<bdi>").replace(_END, "</bdi>")


class IsolatingTemplate(Template):
    """A template whose pages keep such text apart; `Environment.template_class`."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """The page."""
        return isolated(super().render(*args, **kwargs))
