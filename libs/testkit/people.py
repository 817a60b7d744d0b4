"""Made-up people who apply: the form of each, and the subject that a vault gives for it.

subject = await applicant(house.vault)                       # in process
filing = {"item": …, **applying(post("/vault/nodes/511525/subjects", person())["subject"])}
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

from libs.codes import resident_number
from libs.vault import PERSON, Confided, Vault

_NUMBERS: Final = count(1)
NAMES: Final = ("李秀英", "王建国", "𠮷田丽", "张敏", "刘洋", "陈桂兰")
AT: Final = datetime(2007, 3, 5, 2, 0, tzinfo=UTC)


def person(n: int | None = None) -> dict[str, str]:
    """What somebody fills in of themselves; the same `n` is the same person, without it each is another."""
    number = next(_NUMBERS) + 1_000_000 if n is None else n
    day, order = divmod(number, 999)
    year, month = divmod(day, 12)
    born = f"{1930 + year // 28 % 80}{month + 1:02}{year % 28 + 1:02}"
    district = f"5115{25 + number // (999 * 12 * 28 * 80) % 70:02}"
    return {"kind": "person", "name": NAMES[number % len(NAMES)], "resident_id": resident_number(f"{district}{born}{order:03}")}


def applying(*subjects: str) -> dict[str, Any]:
    """The part of a filing that says who applies."""
    return {"applicants": [{"subject": subject} for subject in subjects]}


async def kept(vault: Vault, node: str, many: int = 1) -> Sequence[str]:
    """Keeps so many people in a vault, each another: their subjects."""
    forms = [person() for _ in range(many)]
    return [await keep(vault, node, form) for form in forms]


async def keep(vault: Vault, node: str, form: dict[str, str]) -> str:
    """Keeps a person in a vault: the subject, which the vault remembers as one just kept."""
    hidden = {name: value for name, value in form.items() if name != "kind"}
    confided = Confided(kind=PERSON, hidden=hidden, alike={PERSON: form["resident_id"]})
    n = next(_NUMBERS)
    subject = await vault.keep(node, confided, key=f"made-up:{n}", request=f"made-up:{n}", at=AT)
    await vault.introduced(subject)
    return subject
