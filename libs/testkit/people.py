"""Made-up people who apply, kept in a vault in process or over HTTP.

filing = {"item": …, "channel": "counter", **applying(await keep(house.vault, COUNTY))}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from libs.vault import AGENT, PERSON, Confided, Vault
from libs.vault.people import made_up_person

AT: Final = datetime(2007, 3, 5, 2, 0, tzinfo=UTC)


def applying(*subjects: str) -> dict[str, Any]:
    """The part of a filing that says who applies."""
    return {"applicants": [{"subject": subject} for subject in subjects]}


async def keep(vault: Vault, node: str, of: str = "", *, acts_for: str = "") -> str:
    """Keeps a person in a vault, as its door does: the subject. `of` names the person, without it each is another."""
    form = made_up_person(of or str(uuid4()))
    hidden = {name: value for name, value in form.items() if name != "kind"} | ({"document": "授权委托书"} if acts_for else {})
    said = Confided(kind=AGENT if acts_for else PERSON, hidden=hidden, alike={PERSON: form["resident_id"]}, whose=acts_for)
    key = str(uuid4())
    subject = await vault.keep(node, said, key=key, request=key, at=AT)
    await vault.introduced(subject)
    return subject


def filing_of(form: Mapping[str, Any], subject: str) -> dict[str, Any]:
    """A filing that this subject applies for; one that names its applicants already stays as it is."""
    return {**applying(subject), **form}
