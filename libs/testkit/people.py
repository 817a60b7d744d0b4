"""Made-up people who apply, kept in a vault in process or over HTTP.

filing = {"item": …, "channel": "counter", **applying(await keep(house.vault, COUNTY))}
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from libs.vault import AGENT, PERSON, Confided, Vault, made_up_person

AT: Final = datetime(2007, 3, 5, 2, 0, tzinfo=UTC)


def applying(*subjects: str) -> dict[str, Any]:
    """The part of a filing that says who applies."""
    return {"applicants": [{"subject": subject} for subject in subjects]}


async def keep(vault: Vault, node: str, of: str = "", *, key: str = "", acts_for: str = "") -> str:
    """Keeps a person in a vault, as its door does: the subject. `of` names the person, without it each is another; the same `key` is the same
    request.
    """
    key = key or str(uuid4())
    form = made_up_person(of or key)
    hidden = {name: value for name, value in form.items() if name != "kind"} | ({"document": "授权委托书"} if acts_for else {})
    said = Confided(kind=AGENT if acts_for else PERSON, hidden=hidden, alike={PERSON: form["resident_id"]}, whose=acts_for)
    subject = await vault.keep(node, said, key=key, request=key, at=AT)
    await vault.introduced(subject)
    return subject
