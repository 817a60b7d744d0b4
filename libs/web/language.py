"""In which language a page speaks: Simplified Chinese, and English where the page is for everybody (decision 0036).

The templates hold the Chinese sentences; the English ones stand in `locales/en.po` beside a page kit's templates.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import StrEnum
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import Final


class Language(StrEnum):
    """As pages name it in `lang`."""

    CHINESE = "zh-CN"
    ENGLISH = "en"


OURS: Final = Path(__file__).parent / "locales" / "en.po"
_SPOKEN: ContextVar[Language] = ContextVar("language", default=Language.CHINESE)
_CATALOGUES: ContextVar[tuple[Path, ...]] = ContextVar("catalogues", default=(OURS,))


@contextmanager
def speaking(language: Language, *catalogues: Path) -> Iterator[None]:
    """What is rendered within is in `language`; `catalogues` are asked before the kit's own."""
    spoken, asked = _SPOKEN.set(language), _CATALOGUES.set((*catalogues, OURS))
    try:
        yield
    finally:
        _SPOKEN.reset(spoken)
        _CATALOGUES.reset(asked)


def spoken() -> Language:
    """The language of what is rendered now."""
    return _SPOKEN.get()


def gettext(text: str) -> str:
    """A sentence in the language that is spoken; one that has no English stays Chinese."""
    return text if spoken() is Language.CHINESE else _english(_CATALOGUES.get()).gettext(text)


def marked(text: str) -> str:
    """The text itself: a sentence that is made here and said later, so that the catalogues have it."""
    return text


def ngettext(one: str, many: str, count: int) -> str:
    """A sentence with a number: Chinese has one form, English two."""
    return many if spoken() is Language.CHINESE else _english(_CATALOGUES.get()).ngettext(one, many, count)


@cache
def _english(catalogues: tuple[Path, ...]) -> NullTranslations:
    """The English sentences of the first catalogue; what it lacks is asked of the next."""
    first, *rest = catalogues
    found = _read(first)
    if rest:
        found.add_fallback(_english(tuple(rest)))
    return found


def _read(path: Path) -> NullTranslations:
    """A catalogue as it is written. Babel is loaded when the first English page is asked for."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale="en"))
    compiled.seek(0)
    return GNUTranslations(compiled)
