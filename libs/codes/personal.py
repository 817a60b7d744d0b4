"""Personal numbers in a text: resident numbers of 18 and 15 digits (GB 11643), mobile numbers with or without the country's prefix.

Digits joined by single separators are one run; its groups are what stands between them. A personal number takes whole groups of a run, and
stands alone or beside others. One of 18 places is known by day of birth and check digit, however it is grouped; the others have no check
digit, so the groups of a date, an amount or a document's number are none. Nor is a right credit code or the number of a case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import partial
from itertools import accumulate, takewhile
from typing import Final

from libs.codes.credit import credit_code_fault

LONGEST: Final = 18
SHORTEST: Final = 11
"""Digits that a personal number has at least."""
DIGIT: Final = re.compile(r"\d")
HIDDEN: Final = frozenset({"Cf", "Mn", "Me"})
"""Categories of characters that nobody sees between two digits: format characters, and marks over what stands before them."""
BLANKS: Final = frozenset("\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{BRAILLE PATTERN BLANK}")
"""Letters and signs that nobody sees either."""
LIKE_X: Final = frozenset("×✕✖ΧχХх")
"""Signs, Greek and Cyrillic letters that are written for the check digit X."""
MARKS: Final = frozenset("·•‧・∙⋅−/")
"""Read as a dash, besides the dashes and underlines; a full stop is kept, for amounts have one."""
LINE_BREAK: Final = re.compile(r"(?<! ) *(?:\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]) *")
SEPARATOR: Final = "(?: ?[-.] ?| )"
GROUP: Final = re.compile(r"\d+(?:X(?![0-9A-Z]))?|X(?![0-9A-Z])")
RUN: Final = re.compile(rf"\d+(?:X(?![0-9A-Z]))?(?:{SEPARATOR}(?:{GROUP.pattern}))*")
CUT: Final = "|"
"""Stands for what was taken out of a text; joins nothing."""

CREDIT_CODE: Final = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{18}(?![0-9A-Z])")
CASE_NUMBER: Final = re.compile(r"(?<!\d)\d{6,12}-(\d{8})-\d{6}-\d(?!\d)")
DATE: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)[-.](\d{1,2})[-.](\d{1,2})(?!\d)")
AMOUNT: Final = re.compile(
    r"(?<!\d)(?<!\d[-. ])(?:\d+\.\d\d(?!\d|[-. ]\d)|[1-9]\d*(?:\.\d\d?)?(?:-[1-9]\d*(?:\.\d\d?)?)?(?=[万亿]?元))",
)
"""With two decimals, or with its unit; also from … to."""
DOCUMENT: Final = re.compile(r"(?<=[发函字办复批准许决告通令文审])第?(?:\d+-)*(?:19|20)\d\d(?:-\d+)*号")
"""文号 without brackets about the year."""
MOBILE: Final = re.compile(r"(?:(?:00)?86)?1[3-9]\d{9}")


def has_personal_number(text: str) -> bool:
    """Whether an identity or mobile number stands in `text`, in whatever groups, digits and lines it is written.

    What cannot be seen is taken to join, and then to part: two numbers may stand at its sides.
    """
    normal = unicodedata.normalize("NFKC", text)
    if len(DIGIT.findall(normal)) < SHORTEST:
        return False
    return any(_stands_in(plain) for plain in {_plain(normal, ""), _plain(normal, " ")})


def _plain(normal: str, hidden: str) -> str:
    return LINE_BREAK.sub(" ", "".join(map(partial(_character, hidden), normal))).upper()


def _character(hidden: str, c: str) -> str:
    kind = unicodedata.category(c)
    if kind == "Nd":
        return str(unicodedata.decimal(c))
    if kind in HIDDEN or c in BLANKS:
        return hidden
    if kind in ("Pd", "Pc") or c in MARKS:
        return "-"
    if c in LIKE_X:
        return "X"
    return " " if kind in ("Zs", "Cc") and not LINE_BREAK.fullmatch(c) else c


def _stands_in(plain: str) -> bool:
    text = CASE_NUMBER.sub(_without_case_number, CREDIT_CODE.sub(_without_credit_code, plain))
    if any(_resident(number) for run in _runs(text) for _, number in _windows(run)):
        return True
    if any(_unchecked(group) for run in _runs(text) for group in run):
        return True
    rest = DATE.sub(_without_date, DOCUMENT.sub(CUT, AMOUNT.sub(CUT, text)))
    return any(_in_groups(run) for run in _runs(rest))


def _without_credit_code(found: re.Match[str]) -> str:
    return CUT if credit_code_fault(found[0]) is None else found[0]


def _without_case_number(found: re.Match[str]) -> str:
    from stdnum.iso7064 import mod_11_10  # the library loads half a web client: not for those who check no number

    whole = found[0].replace("-", "")
    return CUT if _is_day(found[1]) and mod_11_10.is_valid(whole) else found[0]


def _without_date(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    return CUT if _is_day(f"{year}{month:0>2}{day:0>2}") else found[0]


def _runs(text: str) -> Iterator[list[str]]:
    return (GROUP.findall(run[0]) for run in RUN.finditer(text))


def _windows(run: list[str]) -> Iterator[tuple[str, str]]:
    """What some neighbouring groups come to, with the first of them, as long as it is no longer than a personal number."""
    for start, first in enumerate(run):
        for number in takewhile(lambda joined: len(joined) <= LONGEST, accumulate(run[start:])):
            yield first, number


def _resident(number: str) -> bool:
    """18 places, born on a day of the 19th century or later, the check digit right."""
    if not re.fullmatch(r"\d{6}(?:18|19|20)\d{9}[\dX]", number):
        return False
    from stdnum.cn import ric

    return _is_day(number[6:14]) and bool(ric.calc_check_digit(number) == number[17])


def _unchecked(number: str) -> bool:
    """A mobile number, or a resident number of the old form: 15 digits, born on a day of the 20th century."""
    old = number.removesuffix("X")
    return _mobile(number) or (len(old) == 15 and _is_day(f"19{old[6:12]}"))


def _in_groups(run: list[str]) -> bool:
    """Whether groups come to a number without check digit. One of the old form must be all of the run; none begins with a day."""
    if _unchecked("".join(run)) and not _is_day(run[0]):
        return True
    return any(_mobile(number) and not _is_day(first) for first, number in _windows(run))


def _mobile(number: str) -> bool:
    return MOBILE.fullmatch(number.removesuffix("X")) is not None


def _is_day(digits: str) -> bool:
    """Whether eight digits are a day of the calendar, `yyyymmdd`."""
    if len(digits) != 8 or not digits.isdigit():
        return False
    try:
        date.fromisoformat(digits)
    except ValueError:
        return False
    return True
