"""What requests carry, said once for all services: nodes, cases, moments, days, words. Forms are checked here, rules are not.

A moment is a string with its offset and a day is a string, never a number: 1172635200 is no time anybody wrote.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from fastapi import Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

NODE_CODE: Final = r"[0-9]{6}([0-9]{3}([0-9]{3})?)?"
"""A division code; the pattern of a whole string."""
CASE_NUMBER: Final = rf"{NODE_CODE}-[0-9]{{8}}-[0-9]{{6}}-[0-9]"
"""A case number."""
CLOCK_NAME: Final = rf"clock:{CASE_NUMBER}:[a-z]+(:[0-9]{{1,6}})?"
"""The name of a clock, which says whose case it is."""
_WORDS: Final = r"^[^\x00-\x1f\x7f]+$"
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_FIRST, _BEYOND = date(1949, 10, 1), date(2200, 1, 1)


def _moment(value: Any) -> Any:
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.fullmatch(value)):
        return value
    raise PydanticCustomError("moment", "应为带时区的时间，如 2026-11-23T10:00:00+08:00")


def _day(value: Any) -> Any:
    if (isinstance(value, date) and not isinstance(value, datetime)) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticCustomError("day", "应为日期，如 2026-11-23")


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_moment),
    Field(ge=datetime(1949, 10, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC)),
    AfterValidator(lambda moment: moment.astimezone(UTC)),
]
"""An instant with its offset, between 1949 and 2200; kept in UTC."""
Day = Annotated[date, BeforeValidator(_day), Field(ge=_FIRST, lt=_BEYOND)]
"""A day of the calendar, between 1949 and 2200."""
NodePath = Annotated[str, Path(pattern=f"^{NODE_CODE}$")]
"""A node's division code in the path: 6, 9 or 12 digits."""
CasePath = Annotated[str, Path(pattern=f"^{CASE_NUMBER}$")]
"""A case number in the path."""
Epoch = Annotated[int, Query(ge=1, le=2**31 - 1)]
SequenceQuery = Annotated[int, Query(ge=0, le=2**62)]
"""The number a caller has from a command: the answer waits for it, 2 s at most; 0: it does not wait."""
PageSize = Annotated[int, Query(ge=1, le=500)]
"""Rows of a page."""
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=_WORDS)]
Title = Annotated[str, Field(min_length=1, max_length=500, pattern=_WORDS)]
"""What a published list names: an item, a step, a post, a material; some are long."""
Titles = Annotated[tuple[Title, ...], Field(max_length=50)]
Word = Annotated[str, Field(min_length=1, max_length=100, pattern=_WORDS)]
Text = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
"""Some sentences; line breaks and tabs are allowed."""
Staff = Annotated[str, Field(max_length=40, pattern=r"^[\w.-]*$")]
"""A staff number, or nobody's."""


class Form(BaseModel):
    """What a command is asked with; unknown fields are refused, and texts are trimmed: blank text is no text."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
