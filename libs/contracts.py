"""What `contracts/` says, read once: where a fact leaves a case (`phases.toml`), what the law says of a regime (`regimes.toml`), who exists
and who hears whom (`topics.toml`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parents[1] / "contracts"
_TOLD: Final = re.compile(r"([+=-])(\d*)")


@dataclass(frozen=True, slots=True)
class Phases:
    """Where a fact leaves a case. Facts go by their names without service and version, phases by theirs.

    `words` are the phases in order with what people read, `plain` says each in a sentence; `suspended_word` is what they read of the mark beside the phase.
    """

    closed: str
    ends: frozenset[str]
    words: Mapping[str, str]
    plain: Mapping[str, str]
    suspended_word: str
    _after: Mapping[str, str]
    _signs: Mapping[str, str]

    @property
    def facts(self) -> frozenset[str]:
        """Every fact of a case."""
        return frozenset(self._after)

    def after(self, phase: str, fact: str) -> str:
        """The phase of a case that stood in `phase` ("" before its first fact, or unknown) after `fact`. Raises `KeyError` for no fact of a case."""
        left = self._after[fact]
        return phase if phase == self.closed or not left else left

    def suspensions(self, told: str, fact: str, number: int = 0) -> str:
        """What was told of a case's procedures of Art. 45, with `fact` behind it: `+1` the first began, `-1` it is over, `=` all are. What two
        batches tell of a case is one behind the other.
        """
        sign = self._signs.get(fact, "")
        return f"{told}{sign}{number}" if sign in ("+", "-") else told + sign

    def suspended(self, told: str, phase: str) -> bool:
        """Whether, after what was told, a procedure of Art. 45 is announced and not over. The mark is shown only while the case is not ended."""
        open_ones = set[str]()
        for sign, number in _TOLD.findall(told):
            open_ones = {"+": open_ones | {number}, "-": open_ones - {number}}.get(sign, set())
        return bool(open_ones) and not self.ended(phase)

    def ended(self, phase: str) -> bool:
        """Whether the case is finished."""
        return phase in self.ends


@cache
def phases() -> Phases:
    """`contracts/phases.toml`."""
    text = tomllib.loads((FOLDER / "phases.toml").read_text(encoding="utf-8"))
    mark = text["marks"]["suspended"]
    return Phases(
        closed=text["closed"],
        ends=frozenset(text["ends"]),
        words=text["phases"],
        plain=text["plain"],
        suspended_word=mark["word"],
        _after=text["after"],
        _signs={**dict.fromkeys(mark["begins"], "+"), **dict.fromkeys(mark["ends"], "-"), **dict.fromkeys(mark["ends_all"], "=")},
    )


Bounds = tuple[int, int]
"""The fewest and the most working days, both allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """What the law says of a regime (适用的法律制度); all days are working days. What each field means: `contracts/regimes.toml`."""

    silence_accepts: bool
    suspension: bool
    extension: int
    decision: Bounds
    telling: Bounds
    delivery: Bounds
    remedies: bool
    approval: bool


@cache
def regimes() -> Mapping[str, str]:
    """Every regime an item may be under, with what people read."""
    names: Mapping[str, str] = _regimes()["names"]
    return names


def regime(name: str, day: date) -> Regime:
    """The row of `contracts/regimes.toml` in force for a regime on `day`; before its first, and for a regime without one, the bounds of others."""
    rows = [row for row in _regimes()["regime"] if row["name"] == name and row["since"] <= day]
    return _regime(max(rows, key=lambda row: row["since"], default=_regimes()["other"]))


def _regime(row: Mapping[str, Any]) -> Regime:
    bounds = {name: (row[name][0], row[name][1]) for name in ("decision", "telling", "delivery")}
    return Regime(**{name: bounds.get(name, row[name]) for name in Regime.__dataclass_fields__})


@cache
def _regimes() -> Mapping[str, Any]:
    return tomllib.loads((FOLDER / "regimes.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Row:
    """One service of the roster. `at`: "site" or "city"; `database`: "own", "logs" (its own, and it may read all logs) or "none"."""

    name: str
    at: str
    publishes: tuple[str, ...]
    hears: tuple[str, ...]
    database: str

    @property
    def public(self) -> bool:
        """Whether the events of its log are published: to its own topic within the site, and by the link to the city."""
        return self.name in self.publishes

    @property
    def neighbours(self) -> tuple[str, ...]:
        """The services of the same site whose topics it hears."""
        return tuple(heard for heard in self.hears if "." not in heard)

    @property
    def raw(self) -> tuple[str, ...]:
        """The topics it takes record by record, by their full names."""
        return tuple(heard for heard in self.hears if "." in heard)


@cache
def roster() -> tuple[Row, ...]:
    """Every service there is, in the order in which they start: the rows of `contracts/topics.toml`."""
    rows = tomllib.loads((FOLDER / "topics.toml").read_text(encoding="utf-8"))["service"]
    return tuple(Row(row["name"], row["at"], tuple(row["publishes"]), tuple(row["hears"]), row["database"]) for row in rows)


def standing(at: str) -> tuple[Row, ...]:
    """The services of an installation: those of every site; at the city ("city") also the city's own."""
    return tuple(row for row in roster() if at == "city" or row.at == "site")
