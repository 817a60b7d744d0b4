"""Citizens' identity numbers (公民身份号码, GB 11643-1999): form, day of birth, check digit."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

FORM: Final = re.compile(r"[1-9][0-9]{5}(?:18|19|20)[0-9]{9}[0-9X]")


def resident_number(first: str) -> str:
    """A whole number, of its first 17 digits."""
    from stdnum.cn import ric

    return f"{first}{ric.calc_check_digit(first + '0')}"


def resident_number_fault(number: str) -> str | None:
    """What is wrong with an identity number, as the rest of a sentence about it that does not have it; None: nothing.

    Lower case and spaces, which the library would take, are told before it sees them.
    """
    if not number:
        return "为空"
    if number != number.upper():
        return "应为大写"
    if len(number) != 18:
        return "不合 GB 11643：长度不是 18 位"
    if not FORM.fullmatch(number):
        return "不合 GB 11643：格式不对"
    if not _is_day(number[6:14]):
        return "不合 GB 11643：没有这个出生日期"
    from stdnum.cn import ric  # the library loads half a web client: not for those who check no number

    return None if ric.calc_check_digit(number) == number[17] else "不合 GB 11643：校验码不符"


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
