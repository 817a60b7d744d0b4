"""What requests and files carry, said once for all doors: nodes, cases, moments, days, words. Forms are checked here, rules are not.

A moment is a string with its offset and a day is a string, never a number: 1172635200 is no time anybody wrote. A number is a number and a
yes is a yes: neither `"10"` nor `true` is ten. A text has no characters that nobody sees and no piles of marks.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError, core_schema

from libs.codes import text_fault

NODE_CODE: Final = r"[0-9]{6}([0-9]{3}([0-9]{3})?)?"
"""A division code; the pattern of a whole string."""
CASE_NUMBER: Final = rf"{NODE_CODE}-[0-9]{{8}}-[0-9]{{6}}-[0-9]"
"""A case number."""
CLOCK_NAME: Final = rf"clock:{CASE_NUMBER}:[a-z]+(:[0-9]{{1,6}})?"
"""The name of a clock, which says whose case it is."""
SUBJECT_ID: Final = r"subj-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
"""A random subject id of the vault."""
SubjectId = Annotated[str, Field(max_length=41, pattern=f"^{SUBJECT_ID}$")]
_WORDS: Final = r"^[^\x00-\x1f\x7f]+$"
_SENTENCES: Final = r"^[^\x00-\x08\x0b-\x1f\x7f]*$"
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


def _seen(text: str) -> str:
    """Refuses a text with a character that nobody sees, a bidi mark or a private one included, and signs under piles of marks."""
    if (fault := text_fault(text)) is not None:
        raise PydanticCustomError(fault.code, "{because}", {"because": fault.because})
    return text


Visible: Final = AfterValidator(_seen)
"""For a text of any other pattern."""
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=_WORDS), Visible]
Title = Annotated[str, Field(min_length=1, max_length=500, pattern=_WORDS), Visible]
"""What a published list names: an item, a step, a post, a material; some are long."""
Titles = Annotated[tuple[Title, ...], Field(max_length=50)]
Word = Annotated[str, Field(min_length=1, max_length=100, pattern=_WORDS), Visible]
Text = Annotated[str, Field(max_length=500, pattern=_SENTENCES), Visible]
"""Some sentences; line breaks and tabs are allowed."""
LongText = Annotated[str, Field(max_length=2000, pattern=_SENTENCES), Visible]
"""What a law is cited with."""
Staff = Annotated[str, Field(max_length=40, pattern=r"^[\w.-]*$"), Visible]
"""A staff number, or nobody's."""


def _strict(part: Any) -> Any:
    """The schema with its numbers and truth values strict, and with the length of every list looked at before its items."""
    if isinstance(part, list | tuple):
        return type(part)(map(_strict, part))
    if not isinstance(part, dict):
        return part
    found = {name: _strict(one) for name, one in part.items()}
    match found:
        case {"type": "int" | "float" | "bool"}:
            found["strict"] = True
        case {"type": "list" | "tuple", "max_length": int(most)}:
            return core_schema.no_info_before_validator_function(partial(_not_longer, most), found)
    return found


def _not_longer(most: int, value: Any) -> Any:
    """Refuses a list by its length, however many of its items are wrong: every fault of an item costs, and nobody reads a million of them."""
    if isinstance(value, list | tuple) and len(value) > most:
        raise PydanticKnownError("too_long", {"field_type": "Tuple", "max_length": most, "actual_length": len(value)})
    return value


class Form(BaseModel):
    """What somebody fills in; unknown fields are refused, and texts are trimmed: blank text is no text. Numbers and truth values are
    strict: nothing else is taken for one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The schema of the class, strict wherever a number or a truth value stands in it: of all kinds these are taken from texts and from
        each other; the other lax readings (a list for a tuple, a text for a choice) are what JSON needs.
        """
        schema: CoreSchema = _strict(handler(source))
        return schema
