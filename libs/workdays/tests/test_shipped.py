"""Calendars that were shipped stay shipped: none is changed or taken away, the newest is the last of the list, each is found by its version."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from libs.workdays import Calendar, Calendars, UnknownCalendar
from libs.workdays.calendar import FOLDER, SHIPPED

DIGESTS = {"cn_calendar_exceptions_2004_2026.csv": "f8a3d9d7e9ea3ad7c336b20d8160477277d784eb8ad8de7a7b2eabd1d534a5ae"}
"""Of every file that was ever shipped, in order. A new notice adds a line at the end; no line is ever changed or taken away."""


def test_no_shipped_calendar_was_changed_or_taken_away() -> None:
    assert {name: sha256((FOLDER / name).read_bytes()).hexdigest() for name in SHIPPED} == DIGESTS
    assert list(SHIPPED) == list(DIGESTS), "their order says which one is current"
    assert {path.name for path in FOLDER.iterdir()} == set(SHIPPED)


def test_the_current_calendar_is_the_last_that_was_shipped_and_every_one_is_found_by_its_version() -> None:
    calendars = Calendars.shipped()
    assert calendars.current == Calendar.load() == Calendar.load(FOLDER / SHIPPED[-1])
    versions = [f"{Path(name).stem}+{digest[:12]}" for name, digest in DIGESTS.items()]
    assert [calendars.of(version).version for version in versions] == versions
    assert versions[-1] == calendars.current.version


def test_an_earlier_calendar_is_found_beside_the_current_one(tmp_path: Path) -> None:
    """A later notice makes 16 March 2007 a holiday."""
    later = tmp_path / "later.csv"
    later.write_bytes((FOLDER / SHIPPED[-1]).read_bytes().rstrip() + b"\n2007-03-16,0,holiday,x,0,x\n")
    calendars = Calendars(Calendar.load(later), (Calendar.load(),))
    assert calendars.current.version.startswith("later+")
    assert not calendars.current.is_working_day(date(2007, 3, 16))
    assert calendars.of(Calendar.load().version).is_working_day(date(2007, 3, 16))


@pytest.mark.parametrize("version", ["", "later+000000000000", SHIPPED[-1]])
def test_a_version_that_was_not_shipped_is_one_clear_error_and_no_guess(version: str) -> None:
    with pytest.raises(UnknownCalendar, match="它没有随本软件发布，不能用别的版本代替推算") as unknown:
        Calendars.shipped().of(version)
    assert unknown.value.version == version
