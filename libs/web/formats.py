"""How pages write dates, ages, numbers and money: once, in Chinese and in English; everything in China's time (decision 0036)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from markupsafe import Markup

from libs.web.addresses import quoted
from libs.web.language import Language, gettext, ngettext, spoken
from libs.workdays import CHINA

NOTHING: Final = "—"
CENT: Final = Decimal("0.01")
MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def instant(value: datetime | None) -> str:
    """An aware instant as the people here read it: 2026年11月23日 15:10. Raises `ValueError` for one without a time zone."""
    if value is None:
        return NOTHING
    there = _china(value)
    return _time(value, f"{_day(there)} {there:%H:%M}" if _chinese() else f"{_day(there)}, {there:%H:%M}")


def day(value: date | None) -> str:
    """2026年11月23日; of an instant, the day it is in China."""
    if value is None:
        return NOTHING
    there = _china(value).date() if isinstance(value, datetime) else value
    return _time(there, _day(there))


def short(value: datetime | None, now: datetime | None = None) -> str:
    """An instant in a list, 11月23日 15:10; with its year where that is not the year of `now`."""
    if value is None:
        return NOTHING
    there = _china(value)
    if now is not None and there.year != _china(now).year:
        return instant(value)
    return _time(
        value, f"{there.month}月{there.day}日 {there:%H:%M}" if _chinese() else f"{there.day} {MONTHS[there.month - 1][:3]}, {there:%H:%M}"
    )


def due(value: datetime | None) -> str:
    """The instant before which something must be done; midnight is 24:00 of the day that ends with it."""
    if value is None:
        return NOTHING
    there = _china(value)
    if there.hour or there.minute or there.second:
        said = f"{there:%H:%M}"
    else:
        there, said = there - timedelta(days=1), "24:00"
    return _time(value, f"{_day(there)} {said} 前" if _chinese() else f"before {_day(there)}, {said}")


def age(value: timedelta | float | None) -> str:
    """How long: 3 秒, 14 分钟, 2 小时 11 分, 5 天 2 小时."""
    if value is None:
        return NOTHING
    seconds = max(int(value.total_seconds() if isinstance(value, timedelta) else value), 0)
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 1:
        return ngettext("{} 秒", "{} 秒", seconds).format(seconds)
    if hours < 1:
        return ngettext("{} 分钟", "{} 分钟", minutes).format(minutes)
    if days < 1:
        rest = ngettext("{} 分", "{} 分", minutes % 60).format(minutes % 60)
        return f"{_hours(hours)} {rest}"
    whole = ngettext("{} 天", "{} 天", days).format(days)
    return f"{whole} {_hours(hours % 24)}"


def translated(text: str) -> str:
    """A whole sentence that code made, such as what is wrong with a field, in the language of the page."""
    return gettext(text) if text else ""


def number(value: float | None) -> str:
    """A number as people read it, in groups of three: 12,486."""
    return NOTHING if value is None else f"{value:,}"


def money(value: Decimal | None) -> str:
    """An amount in yuan with its two decimals: 1,234.50 元. Raises `TypeError` for a float: no amount is one."""
    if value is None:
        return NOTHING
    if not isinstance(value, Decimal):
        raise TypeError(f"{value!r} is no Decimal")
    amount = f"{value.quantize(CENT, ROUND_HALF_UP):,.2f}"
    return gettext("{} 元").format(amount)


def percent(value: float | None) -> str:
    """A share of one as 98.7%."""
    return NOTHING if value is None else f"{value:.1%}"


def share(value: float) -> str:
    """A share of one as a length in a drawing, kept between 0 and 100%."""
    return f"{min(max(value, 0.0), 1.0) * 100:.2f}%"


def shorthash(value: bytes | str | None) -> str:
    """The first twelve hexadecimal digits, enough to compare by eye, without the name of the algorithm (`sha256:`)."""
    return NOTHING if value is None else (value.hex() if isinstance(value, bytes) else value.rpartition(":")[2])[:12]


def labelled(rows: Markup, heads: Sequence[str | tuple[str, str]]) -> Markup:
    """The rows of a table, each cell with its column's heading, for screens too narrow for columns. Raises `ValueError` for another number of cells."""
    labels = [Markup('<td data-label="{}"').format(head if isinstance(head, str) else head[0]) for head in heads]
    before, *bodies = str(rows).split("<tr")
    return Markup("<tr".join([before, *(_labelled(body, labels) for body in bodies)]))  # noqa: S704 (the caller's markup, headings escaped)


FILTERS: Final[Mapping[str, Any]] = {
    "instant": instant,
    "day": day,
    "short": short,
    "due": due,
    "age": age,
    "number": number,
    "money": money,
    "percent": percent,
    "share": share,
    "shorthash": shorthash,
    "labelled": labelled,
    "quoted": quoted,
    "translated": translated,
}


def _labelled(row: str, labels: Sequence[Markup]) -> str:
    before, *cells = row.split("<td")
    return before + "".join(f"{label}{cell}" for label, cell in zip(labels, cells, strict=True))


def _chinese() -> bool:
    return spoken() is Language.CHINESE


def _hours(count: int) -> str:
    return ngettext("{} 小时", "{} 小时", count).format(count)


def _day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日" if _chinese() else f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def _china(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone")
    return value.astimezone(CHINA)


def _time(value: date, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(value.isoformat(), text)
