"""Fields whose values nobody sees by accident: they are masked in `repr`, in errors and in log lines, and come out by `get_secret_value` alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import AfterValidator, ConfigDict, Field, SecretStr
from pydantic_core import PydanticCustomError

from libs.codes import overloaded, resident_number_fault, text_fault
from libs.forms import Form

_LINE: Final = r"[^\x00-\x1f\x7f]+"
_AS_TYPED: Final = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+"
_PHONE: Final = r"[+]?[0-9]{3,4}[0-9 -]{3,18}[0-9]"
_RESIDENT: Final = r"[1-9][0-9]{16}[0-9X]"
Why = Callable[[str], str | None]
"""What is wrong with a text, as a sentence that does not have it; None: nothing."""


class HiddenForm(Form):
    """A form with personal data: not even the library's own error has what was filled in."""

    model_config = ConfigDict(hide_input_in_errors=True)


def _checked(why: Why) -> AfterValidator:
    """Trims the text, refuses a blank one and one with something wrong."""

    def check(value: SecretStr) -> SecretStr:
        text = value.get_secret_value().strip()
        if not text:
            raise PydanticCustomError("blank", "太短或为空")
        if (found := text_fault(text)) is not None:
            raise PydanticCustomError(found.code, "{because}", {"because": found.because})
        if (fault := why(text)) is not None:
            raise PydanticCustomError("not-well-formed", "{fault}", {"fault": fault})
        return SecretStr(text)

    return AfterValidator(check)


def _as_typed(form: str) -> AfterValidator:
    """Refuses a blank text, one of another form, halves of a sign, and piles of marks on one; changes nothing."""

    def check(value: SecretStr) -> SecretStr:
        text = value.get_secret_value()
        if not text.strip():
            raise PydanticCustomError("blank", "太短或为空")
        if not re.fullmatch(form, text) or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise PydanticCustomError("unseen", "含有控制字符或半个字符，请删去")
        if (found := overloaded(text)) is not None:
            raise PydanticCustomError(found.code, "{because}", {"because": found.because})
        return value

    return AfterValidator(check)


def _pattern(form: str) -> Why:
    return lambda text: None if re.fullmatch(form, text) else "格式不对"


def _resident(text: str) -> str | None:
    fault = resident_number_fault(text)
    return None if fault is None else f"居民身份号码{fault}"


def _field(most: int, form: str) -> Any:
    """Its length, and the form by which it is described to who fills it in."""
    return Field(min_length=1, max_length=most, json_schema_extra={"pattern": f"^{form}$"})


HiddenName = Annotated[SecretStr, _field(60, _LINE), _checked(_pattern(_LINE))]
HiddenLine = Annotated[SecretStr, _field(200, _LINE), _checked(_pattern(_LINE))]
"""An address, the title of a document."""
HiddenText = Annotated[SecretStr, _field(10_000, _AS_TYPED), _as_typed(_AS_TYPED)]
"""What a citizen wrote, sign by sign as it was typed: rare ones, other scripts, marks of direction; nothing is trimmed, composed or exchanged."""
HiddenFileName = Annotated[SecretStr, _field(255, _LINE), _as_typed(_LINE)]
"""The name of a file as its owner has it; under which it is given out is another matter."""
HiddenPhone = Annotated[SecretStr, _field(24, _PHONE), _checked(_pattern(_PHONE))]
ResidentNumber = Annotated[SecretStr, _field(18, _RESIDENT), _checked(_resident)]
"""公民身份号码 (GB 11643)."""
