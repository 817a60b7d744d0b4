"""The words that pages alone have; those of facts stand in `contracts/words.toml`, for stories too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

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
CARD_TITLES: Final[Mapping[str, str]] = {"red": "超过{}时限", "yellow": "临近{}时限"}
"""What a card says happened to which clock."""


class TroubleWords(NamedTuple):
    """How a trouble of the network is called, its tone, and what to do next."""

    text: str
    tone: str
    next: str


TROUBLES: Final[Mapping[str, TroubleWords]] = {
    "forked": TroubleWords(
        "链分叉", "bad", "同一编号来了两种内容：在两边运行 liandong verify，按 /hub/evidence 的证据追查；分叉以后的不采用。"
    ),
    "silent": TroubleWords("静默", "bad", "联系这个中心，看机器和线路；那里照常受理，线路恢复后自动补送。"),
    "late": TroubleWords("检查点晚了", "warn", "再看一次；满 90 秒仍没有，按静默处理。"),
    "gap": TroubleWords("缺号待补", "warn", "等来源补送；一直不来，就在那里运行 liandong status，看待发是不是在减少。"),
    "stopped": TroubleWords("停下了", "bad", "看这项服务的日志，改正后重启；停下以前的都已记下。"),
    "parked": TroubleWords("停放", "warn", "运行 liandong parked list 看原因，改正后运行 liandong parked retry。"),
    "behind": TroubleWords("待检查点", "mute", "等下一个检查点，一般半分钟之内。"),
    "unknown": TroubleWords("未接入", "mute", "登记过，从没有来过检查点：在那里装好并启动。"),
}
"""In the order in which they are looked after."""


def no_due(state: str) -> str:
    """What stands for the due moment of a clock that has none: it stands still, or a stop was announced for a day that had not come."""
    return "停止计时" if state == "stopped" else "未推算"
