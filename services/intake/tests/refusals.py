"""What a pure rule says, in one word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from libs.decider import Refused


def code_of(rule: Callable[..., object], *asked: Any) -> str:
    """The code `rule` refuses with; empty: it lets pass."""
    try:
        rule(*asked)
    except Refused as no:
        return no.code
    return ""
