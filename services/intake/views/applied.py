"""Which subject applied for which item in which case: only looked at where the vault says that the same person has other subjects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from libs.database import reading
from libs.views import Pool, Table
from services.intake.events import ApplicantPart, CaseFiled


class Applied(NamedTuple):
    """A row: a subject goes to one case."""

    subject: str
    node: str
    item: str
    number: str


APPLIED: Final = Table.of("applied", Applied, key=("subject",))
_OPEN: Final = """
select number, finished_at is null as runs from cases
where number = any ($1::text[]) or number in (select a.number from applied a where a.subject = any ($2::text[]) and a.item = $3)"""


def applications(filed: CaseFiled) -> Iterator[Applied]:
    """The rows of a case that was filed here; whoever another system's record is about, nobody knows."""
    if not filed.imported:
        applicants = (one for one in filed.applicants if one.part is ApplicantPart.APPLICANT)
        yield from (Applied(one.subject, filed.node, filed.pinned.item, filed.case) for one in applicants)


async def applied(pool: Pool, nodes: Sequence[str], subjects: Sequence[str], item: str, cases: Sequence[str]) -> dict[str, bool]:
    """The cases of these subjects for the item, and those named in `cases`, as far as the list has them: whether they still run."""
    async with reading(pool, nodes) as rows:
        return {row["number"]: row["runs"] for row in await rows.fetch(_OPEN, cases, subjects, item)}
