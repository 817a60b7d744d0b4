"""The words that pages alone have; those of facts stand in `contracts/words.toml`, for stories too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

ACTS: Final = "liandong.intake."
"""Whose facts are acts of people: the `officer` did it, and the actor of an imported one only brought it in. In others' facts the officer is
who answers for the clock."""
STATES: Final[Mapping[str, tuple[str, str]]] = {
    "live": ("在线", "ok"),
    "gap": ("缺号待补", "warn"),
    "silent": ("静默", "warn"),
    "forked": ("链分叉", "bad"),
    "unknown": ("未接入", "mute"),
}
"""The word and the tone of a node's state in the network."""


def no_due(state: str) -> str:
    """What stands for the due moment of a clock that has none: it stands still, or a stop was announced for a day that had not come."""
    return "停止计时" if state == "stopped" else "未推算"
