"""Every text in a value is found, however deep it lies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from libs.codes import texts


class Choice(str, Enum):
    """One of a list is not written by anybody."""

    ONE = "one"


@dataclass(frozen=True)
class Inner:
    """A part."""

    name: str
    choice: Choice = Choice.ONE


@dataclass(frozen=True)
class Outer:
    """A whole."""

    title: str
    parts: tuple[Inner, ...]
    cited: dict[str, tuple[str, ...]]
    day: date
    number: int = 1
    inner: Inner | None = None


def test_the_texts_of_a_value() -> None:
    whole = Outer(title="a", parts=(Inner(name="b"), Inner(name="c")), cited={"d": ("e",)}, day=date(2007, 3, 5), inner=Inner(name="f"))
    assert list(texts(whole)) == ["a", "b", "c", "d", "e", "f"]
    assert list(texts(Choice.ONE)) == []
