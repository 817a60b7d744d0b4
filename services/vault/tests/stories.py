"""What happened to subjects and codes, made by commands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from services.vault import follow, subject
from services.vault.events import RecordsRead
from services.vault.follow import FOLLOW, ReissueFollowCode
from services.vault.reads import READS, ReadRecords
from services.vault.subject import SUBJECT, EraseData, OpenData

AT: Final = datetime(2007, 3, 5, 2, 0, tzinfo=UTC)
NODE: Final = "511525"
SOMEBODY: Final = "subj-6f0a1c2e-4b5d-4e6f-8a9b-0c1d2e3f4a5b"
CASE: Final = "511525-20070305-000001-0"


def opening(*, case: str = CASE, cases: Sequence[str] = (CASE,)) -> OpenData:
    """An examiner looks at name and number, for examining."""
    return OpenData(
        subject=SOMEBODY,
        node=NODE,
        fields=("name", "resident_id"),
        act="intake.examine",
        case=case,
        cases=tuple(cases),
        officer="C0122",
        at=AT,
    )


def erasing(*, held: bool = False) -> EraseData:
    return EraseData(subject=SOMEBODY, node=NODE, held=held, officer="C0117", at=AT)


def reissuing(*, given: bool = True) -> ReissueFollowCode:
    return ReissueFollowCode(case=CASE, node=NODE, given=given, officer="C0117", at=AT)


def reading() -> ReadRecords:
    """An auditor looks at a case."""
    return ReadRecords(reader="A9001", node=NODE, act="intake.read-cases", about=NODE, path=f"/intake/cases/{CASE}", at=AT)


def read() -> list[RecordsRead]:
    return list(READS.decide(reading(), None))


def opened() -> list[subject.Event]:
    return list(SUBJECT.decide(opening(), False))


def erased() -> list[subject.Event]:
    return list(SUBJECT.decide(erasing(), False))


def reissued(before: int = 0) -> list[follow.Event]:
    return list(FOLLOW.decide(reissuing(), before))
