"""People who do not exist: for a box that is tried out, and for tests. Each name given to one is another person, always the same."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from libs.codes import resident_number

NAMES: Final = ("李秀英", "王建国", "𠮷田丽", "张敏", "刘洋", "陈桂兰", "杨㛃", "赵小军")
_FIRST: Final = date(1940, 1, 1)
_DAYS: Final = 24_000


def made_up_person(of: str) -> dict[str, str]:
    """What this person fills in of themselves at the vault's door."""
    drawn = int.from_bytes(sha256(of.encode()).digest(), "big")
    drawn, district = divmod(drawn, 900_000)
    drawn, day = divmod(drawn, _DAYS)
    drawn, order = divmod(drawn, 999)
    born = _FIRST + timedelta(days=day)
    number = resident_number(f"{district + 100_000}{born:%Y%m%d}{order + 1:03}")
    return {"kind": "person", "name": NAMES[drawn % len(NAMES)], "resident_id": number}
