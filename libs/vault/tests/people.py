"""People who do not exist, with numbers that are well formed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from libs.vault import AGENT, PERSON, TEXT, Confided, ErasedLine, Vault

NODE: Final = "511525"
AT: Final = datetime(2007, 3, 5, 2, 0, tzinfo=UTC)
LI: Final = {"name": "李秀英", "resident_id": "511525198003070023", "phone": "13990900001", "address": "高县文江镇河东路 7 号"}
WANG: Final = {"name": "王建国", "resident_id": "511525197512310019", "phone": "0831-5420000"}


def person(said: dict[str, str] = LI) -> Confided:
    return Confided(kind=PERSON, hidden=said, alike={PERSON: said["resident_id"]})


def agent(whose: str, said: dict[str, str] = WANG) -> Confided:
    return Confided(kind=AGENT, hidden=said, alike={PERSON: said["resident_id"]}, whose=whose)


def text(whose: str, words: str = "我家门前的路什么时候修") -> Confided:
    return Confided(kind=TEXT, hidden={"text": words}, whose=whose)


async def keep(vault: Vault, confided: Confided, *, key: str = "", request: str = "r", node: str = NODE) -> str:
    return await vault.keep(node, confided, key=key or str(uuid4()), request=request, at=AT)


async def opened(vault: Vault, subject: str) -> dict[str, str]:
    """Everything of a subject, without a purpose."""
    row = await vault.rows.find(subject)
    assert row is not None
    return await vault.fields(row, await vault.rows.sealed(subject))


def line(subject: str) -> ErasedLine:
    return ErasedLine(subject, NODE, "C0117", AT)
