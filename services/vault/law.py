"""Every refusal of the vault: what it rests on, and its sentence. Policies: docs/policies.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from libs.decider import Law, refusing

LAW: Final[Mapping[str, Law]] = {
    # what is kept
    "unknown-principal": Law("P-agent-for-somebody", "委托人或文字的作者不在这里，或已清除；先登记本人"),
    # what is opened
    "erased": Law("个人信息保护法第四十七条", "这份个人信息已经清除"),
    "other-case": Law("个人信息保护法第六条，P-opened-for-a-purpose", "查看个人信息须写明正在办的办件，且是本人的办件"),
    # what is erased
    "still-held": Law("P-erased-at-the-end", "本人还有办件没有结束，结束之后才能清除"),
    # the code
    "no-follow-code": Law("P-follow-code", "这个办件没有给过查询码"),
}

refused: Final = refusing(LAW)
