"""Who applies, at the door: what the site's vault says of them, and the open cases of the same people and item, two filings at once included."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Final, NamedTuple

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from libs.forms import CASE_NUMBER, Form, SubjectId, Text
from libs.host import Context
from services.intake.case.applying import KeptApplicant
from services.intake.events import Applicant, ApplicantPart
from services.intake.views import applied

APPLYING: Final = "applicant"
"""The scope of claims: a subject goes to one case."""
MOST: Final = 20
REMEMBERED: Final = 20_000
"""Filings of which the view may know nothing yet."""
CaseNumber = Annotated[str, Field(max_length=40, pattern=f"^{CASE_NUMBER}$")]
SubjectItem = tuple[str, str]
"""A subject and an item."""


class ApplicantForm(Form):
    """A subject that the vault keeps, and its part; an agent acts `of` another subject of the same filing."""

    subject: SubjectId
    part: ApplicantPart = ApplicantPart.APPLICANT
    of: SubjectId | None = None

    def applicant(self) -> Applicant:
        """As the case knows them."""
        return Applicant(subject=self.subject, part=self.part, of=self.of or "")


class DuplicatesForm(Form):
    """The open cases that were shown, and why there is to be another one."""

    cases: Annotated[tuple[CaseNumber, ...], Field(min_length=1, max_length=100)]
    reason: Text


def _each_once(applicants: tuple[ApplicantForm, ...]) -> tuple[ApplicantForm, ...]:
    if len({one.subject for one in applicants}) < len(applicants):
        raise PydanticCustomError("twice", "同一登记编号出现了两次")
    return applicants


Applicants = Annotated[tuple[ApplicantForm, ...], Field(max_length=MOST), AfterValidator(_each_once)]


class Filed(NamedTuple):
    """A filing under way or just done: who applies, and its number when it has one; "": nothing came of it."""

    applicants: frozenset[str]
    case: asyncio.Future[str]


class UnderWay:
    """Filings of this process, under way or just done, by subject and item: the view knows of them later."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._filings: OrderedDict[SubjectItem, list[Filed]] = OrderedDict()

    async def others(self, places: Sequence[SubjectItem], applicants: frozenset[str]) -> set[str]:
        """The cases that were filed there by others; those under way are waited for. Whoever is told that there is none may enter at once."""
        while waiting := [filed.case for filed in self._by_others(places, applicants) if not filed.case.done()]:
            await asyncio.wait(waiting)
        return {case for filed in self._by_others(places, applicants) if (case := filed.case.result())}

    def enter(self, places: Iterable[SubjectItem], applicants: frozenset[str]) -> asyncio.Future[str]:
        """A filing begins: whoever asks from now on waits until its number is set."""
        filed = Filed(applicants, asyncio.get_running_loop().create_future())
        for place in places:
            self._filings[place] = [*(one for one in self._filings.pop(place, ()) if not one.case.done() or one.case.result()), filed]
        while len(self._filings) > self._most and all(one.case.done() for one in next(iter(self._filings.values()))):
            self._filings.popitem(last=False)
        return filed.case

    def _by_others(self, places: Sequence[SubjectItem], applicants: frozenset[str]) -> list[Filed]:
        """A request that is repeated names the same subjects: it is no other."""
        return [filed for place in places for filed in self._filings.get(place, ()) if applicants.isdisjoint(filed.applicants)]


@dataclass(frozen=True, slots=True)
class Met:
    """What is known of the applicants of a filing, and the open cases of the same people and item."""

    known: tuple[KeptApplicant, ...]
    open_cases: tuple[str, ...]
    case: asyncio.Future[str]

    def filed(self, case: str) -> None:
        """The filing has come to this case: whoever waited goes on."""
        self.case.set_result(case)


class ApplicantDesk:
    """Asks the vault who applies, and the list what they have open."""

    def __init__(self, context: Context) -> None:
        self._context, self._under_way = context, UnderWay()

    @asynccontextmanager
    async def meet(self, node: str, item: str, applicants: Sequence[Applicant]) -> AsyncIterator[Met]:
        """What is known of the applicants. Two filings of the same person for the same item come one after the other."""
        found = await self._context.around.vault.acquainted([one.subject for one in applicants])
        known = {subject: one for subject, one in found.items() if one.node == node}
        mine = frozenset(one.subject for one in applicants if one.part is ApplicantPart.APPLICANT and one.subject in known)
        same = sorted({other for subject in mine for other in known[subject].same} - mine)
        places = [(subject, item) for subject in (*mine, *same)]
        cases = await self._open(places, mine, same, item)
        filing = self._under_way.enter(places, mine)
        try:
            yield Met(tuple(KeptApplicant(subject=one.subject, kind=one.kind, whose=one.whose) for one in known.values()), cases, filing)
        finally:
            if not filing.done():
                filing.set_result("")

    async def _open(self, places: Sequence[SubjectItem], mine: frozenset[str], same: Sequence[str], item: str) -> tuple[str, ...]:
        """The open cases of `same` and the item. Nobody is asked for people who are here for the first time. Behind the last look nothing waits."""
        nodes, pool = [node.code for node in self._context.site.nodes], self._context.pool
        shown = await applied(pool, nodes, same, item, ()) if same else {}
        looked: set[str] = set()
        while (recent := await self._under_way.others(places, mine)) - looked:
            shown |= await applied(pool, nodes, same, item, sorted(recent))
            looked |= recent
        return tuple(sorted({case for case, runs in shown.items() if runs} | (recent - shown.keys())))
