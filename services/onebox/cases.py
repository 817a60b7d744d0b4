"""One case of today, worked by commands through the front door."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any, Final, Protocol

from libs.workdays import CHINA
from services.onebox.door import Door
from services.onebox.items import ITEMS, StepRows

SEED: Final = 2007
CONCLUSIONS: Final = {"examine": {"recommends": "granted"}, "approve": {"outcome": "granted"}}
"""What is concluded with the step of a role."""
DECLINED: Final = {
    "reason": "not-ours",
    "agency": {"uscc": "11511500MB1554566Q", "name": "宜宾市城市管理行政执法局"},
    "explanation": "不属于本机关职权范围",
}
"""What is said where the case is another agency's."""


class Do(Protocol):
    """Does one act of a case: who, which, with what; `mark` tells acts of one name apart."""

    def __call__(self, who: str, act: str, body: dict[str, Any] | None = None, mark: str = "") -> None: ...


def work(door: Door, node: str, n: int, now: datetime) -> None:
    """Files a case and works it as far as its number says: most are finished, some wait, are corrected, suspended, withdrawn or turned away.

    A written notice has the day of its desk: China's at `now`, wherever the machine stands.
    """
    chance = random.Random(SEED * 100_003 + n)  # noqa: S311 (the same box every time)
    code, _, _, _, steps, materials = chance.choice(ITEMS)
    filed = door.file(node, f"{n}:file", {"item": code, "channel": "counter", "materials": list(materials)})
    case = filed["case"]

    def do(who: str, act: str, body: dict[str, Any] | None = None, mark: str = "") -> None:
        door.post(who, f"/intake/cases/{case}/{act}", f"{n}:{act}{mark}", body)

    luck = chance.random()
    if luck < 0.06:
        do("clerk", "refusal-to-accept", DECLINED)
        return
    if luck < 0.2:
        do("clerk", "corrections-notice", {"missing": [materials[-1]]})
        if luck < 0.1:
            return
        do("clerk", "corrections-return", {"still_missing": []})
    elif luck < 0.25:
        return
    else:
        do("clerk", "acceptance")
    if luck < 0.3:
        do("clerk", "withdrawal")
        return
    if luck < 0.36:
        today = now.astimezone(CHINA).date().isoformat()
        notice = {"reason": "testing", "expected_days": 5, "notice": "检验通知书", "notified": today, "first": today}
        do("approver", "suspension", notice)
        return
    _to_the_end(do, steps, luck)


def _to_the_end(do: Do, steps: StepRows, luck: float) -> None:
    for number, (name, _, role, _) in enumerate(steps, start=1):
        who = "approver" if role == "approve" else "examiner"
        do(who, "steps/start", {"name": name}, f":{number}")
        if luck < 0.5 and number == len(steps) - 1:
            return
        if luck < 0.55 and number == len(steps):
            return
        do(who, "steps/done", {"name": name, **CONCLUSIONS.get(role, {})}, f":{number}")
    do("approver", "decision", {"outcome": "granted", "document": f"许可决定书第 {int(luck * 10_000)} 号", "reasons": ""})
    if luck < 0.65:
        return
    do("clerk", "delivery", {"how": "counter", "receipt": f"送达回证第 {int(luck * 10_000)} 号"})
    do("clerk", "close")
