"""The calendars that were shipped, each found by its version: a limit that has ended keeps the calendar it ended under."""

from __future__ import annotations

from dataclasses import dataclass

from libs.workdays.calendar import FOLDER, SHIPPED, Calendar


class UnknownCalendar(LookupError):
    """A version of the calendar that was not shipped with this software: nothing is derived under another one in its place."""

    def __init__(self, version: str) -> None:
        super().__init__(f"没有版本为 {version} 的日历：它没有随本软件发布，不能用别的版本代替推算")
        self.version = version


@dataclass(frozen=True, slots=True)
class Calendars:
    """The `current` calendar, under which limits run, and the earlier ones, under which limits have ended."""

    current: Calendar
    earlier: tuple[Calendar, ...] = ()

    @classmethod
    def shipped(cls) -> Calendars:
        """Every calendar of `SHIPPED`; the last is the current one."""
        *earlier, current = (Calendar.load(FOLDER / name) for name in SHIPPED)
        return cls(current, tuple(earlier))

    def of(self, version: str) -> Calendar:
        """The calendar of this version. Raises `UnknownCalendar`."""
        found = next((calendar for calendar in (self.current, *self.earlier) if calendar.version == version), None)
        if found is None:
            raise UnknownCalendar(version)
        return found
