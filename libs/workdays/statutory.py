"""Statutory holidays by date (全国年节及纪念日放假办法, by its version of the day). Those of the lunar calendar and of 清明 move: only a notice
says when they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

_NEW_YEAR: Final = {(1, 1): "元旦"}
_NATIONAL: Final = {(10, day): "国庆节" for day in (1, 2, 3)}


def _regulation(may: int) -> Mapping[tuple[int, int], str]:
    return {**_NEW_YEAR, **{(5, day): "劳动节" for day in range(1, may + 1)}, **_NATIONAL}


REGULATIONS: Final = (
    (date(2025, 1, 1), _regulation(may=2)),  # 国务院令第795号
    (date(2008, 1, 1), _regulation(may=1)),  # 国务院令第513号, kept so by 第644号 of 2014
    (date(1999, 9, 18), _regulation(may=3)),  # 国务院令第270号
)
"""Since when, month and day with the holiday's name; the latest first."""
_EVER: Final = frozenset(day for _, days in REGULATIONS for day in days)


def statutory(day: date) -> str:
    """The name of the holiday that the regulation gives to `day`; empty for a day that it does not name."""
    if (day.month, day.day) not in _EVER:
        return ""
    named = next((days for since, days in REGULATIONS if since <= day), {})
    return named.get((day.month, day.day), "")
