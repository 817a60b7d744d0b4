"""查询: who may see where a case stands without signing in: whoever has its number and its code (P-follow-code)."""

from __future__ import annotations

from typing import TypeVar

from services.intake.law import refused

T = TypeVar("T")


def may_follow(found: T | None) -> T:
    """What was found under number and code; `None`: under one of them nothing. Raises `Refused`, which says not which."""
    if found is None:
        raise refused("wrong-code")
    return found
