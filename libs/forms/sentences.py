"""What is wrong with a field of a form, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from pydantic_core import core_schema

SENTENCES: Final = {
    "missing": "必须填写",
    "string_type": "应为文字",
    "string_too_short": "太短或为空",
    "string_too_long": "太长",
    "string_pattern_mismatch": "格式不对",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "整数太长",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "finite_number": "应为数字",
    "bool_type": "应为是或否",
    "bool_parsing": "应为是或否",
    "greater_than": "太小或太早",
    "greater_than_equal": "太小或太早",
    "less_than_equal": "太大或太晚",
    "less_than": "太大或太晚",
    "date_from_datetime_parsing": "没有这一天",
    "datetime_from_date_parsing": "没有这一时刻",
    "datetime_parsing": "没有这一时刻",
    "enum": "不在可选范围内",
    "literal_error": "不在可选范围内",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "too_short": "太少或为空",
    "too_long": "太多",
    "extra_forbidden": "没有这一项",
    "model_attributes_type": "应为一组填写项",
    "model_type": "应为一组填写项",
    "dict_type": "应为一组填写项",
    "json_invalid": "不是有效的 JSON",
    "ip_any_network": "不是 IP 地址或网段",
}
NO_SENTENCE: Final = "填写不符合要求"
KNOWN_FAULTS: Final = frozenset(get_args(core_schema.ErrorType))
"""The faults that the library finds and words in English; any other is ours, and says in Chinese what is wrong."""


def because_of(error: Mapping[str, Any]) -> str:
    """What is wrong with a field, for people."""
    kind = str(error["type"])
    if error.get("ctx", {}).get("field_type") == "Value":  # the length of a text, asked behind a check of ours
        kind = f"string_{kind}"
    return SENTENCES.get(kind, NO_SENTENCE if kind in KNOWN_FAULTS else str(error["msg"]))
