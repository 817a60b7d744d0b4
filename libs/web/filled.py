"""What somebody filled into a page's form, kept as it was typed, and what is wrong with it: for the form that is shown again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from libs.web.language import marked

TypedText = str | Sequence[str]
_AMOUNT: Final = re.compile(r"(0|[1-9][0-9]{0,11}|[1-9][0-9]{0,2}(,[0-9]{3}){1,3})(\.[0-9]{1,2})?")
_PARTS: Final = ("year", "month", "day")


class NotSo(ValueError):
    """What was typed is not what the field takes; its sentence stands beside the field."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it was sent: `values` by field, `faults` by field in the order of the page."""

    values: Mapping[str, TypedText] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """What was typed into a field; of several, the first."""
        value = self.values.get(name, "")
        return value if isinstance(value, str) else next(iter(value), "")

    def chosen(self, name: str, value: str) -> bool:
        """Whether this choice was taken, alone or with others."""
        found = self.values.get(name, "")
        return value == found if isinstance(found, str) else value in found

    def because(self, name: str) -> str:
        """What is wrong with a field; empty: nothing."""
        return self.faults.get(name, "")

    @property
    def summary(self) -> Iterable[tuple[str, str]]:
        """Every fault and where to mend it."""
        return [(because, f"#{name}") for name, because in self.faults.items()]


def day_of_form(values: Mapping[str, TypedText], name: str) -> date:
    """The day typed into three boxes, in whatever digits. Raises `NotSo`."""
    said = [_plain(Filled(values).text(f"{name}-{part}")) for part in _PARTS]
    if not all(said):
        raise NotSo(marked("请填写年、月、日"))
    if not all(re.fullmatch(r"[0-9]{1,4}", one) for one in said) or len(said[0]) != 4:
        raise NotSo(marked("年写四位数字，月、日写数字，如 2026 年 3 月 9 日"))
    try:
        return date(int(said[0]), int(said[1]), int(said[2]))
    except ValueError:
        raise NotSo(marked("没有这一天，请核对年、月、日")) from None


def money_of_form(text: str) -> Decimal:
    """The amount typed, in yuan: at most two decimals, less than a trillion, in whatever digits, with or without 元 and groups. Raises `NotSo`."""
    plain = _plain(text).removeprefix("¥").removesuffix("元").strip()
    if not plain:
        raise NotSo(marked("请填写金额"))
    if _AMOUNT.fullmatch(plain) is None:
        raise NotSo(marked("金额以元为单位，最多两位小数，如 120 或 120.50"))
    return Decimal(plain.replace(",", "")).quantize(Decimal("0.01"))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
