"""A subject goes to one case, over the log in memory: whoever comes second is refused, and the number goes back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from libs.authority import Grants, Post, posted
from libs.decider import Refused
from libs.eventlog import MemoryLogs, Subject
from libs.host import Context
from libs.testkit.house import COUNTY, MONDAY, SITE
from libs.web import Account, Envelope
from libs.workdays import Calendar
from services.intake.app import CODEC, claims
from services.intake.case import CASE
from services.intake.http.acts import Putting
from services.intake.http.filing import FilingCounter, KnownProcedures
from services.intake.http.numbering import Numbering
from services.intake.numbers import NUMBERS
from services.intake.tests import stories as s


def counter() -> FilingCounter:
    """A process that files into a log of its own."""
    nothing = cast(Any, None)
    logs = MemoryLogs("intake", [COUNTY], now=lambda: MONDAY)
    context = Context(site=SITE, logs=logs, pool=nothing, now=lambda: MONDAY, current=nothing, process="p1")
    putting = Putting(context, Subject(CASE, CODEC, claims=claims), Calendar.load())
    return FilingCounter(putting, Numbering(context, Subject(NUMBERS, CODEC, claims=claims)), KnownProcedures(context))


def by(key: str) -> Envelope:
    return Envelope(Account(staff="clerk-1", post="窗口", grants=Grants(posted([Post.CLERK], [COUNTY]))), key, key, None)


async def test_a_subject_goes_to_one_case_and_the_number_of_the_other_goes_back() -> None:
    filing = counter()

    async def file(key: str, applicant: Any) -> str:
        known = (replace(s.KEPT, subject=applicant.subject),)
        case, _ = await filing.file(
            COUNTY, MONDAY, by(key), lambda case: replace(s.file(), case=case, applicants=(applicant,), known=known)
        )
        return case

    another = replace(s.LI, subject=s.LI.subject[:-1] + ("0" if s.LI.subject[-1] != "0" else "1"))
    first = await file("k1", s.LI)
    assert await file("k1", s.LI) == first
    with pytest.raises(Refused) as no:
        await file("k2", s.LI)
    assert no.value.code == "subject-used"
    assert [case.split("-")[2] for case in (first, await file("k3", another))] == ["000001", "000002"]
