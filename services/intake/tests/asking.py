"""Who asks in the stories, what they may do, and what they are offered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TypedDict
from zoneinfo import ZoneInfo

from libs.authority import Grants, Post, posted
from libs.workdays import Calendar
from services.intake.case import CASE, Command, possible
from services.intake.case.act import Asked
from services.intake.case.applying import KeptApplicant
from services.intake.events import Applicant, CaseEvent

NUMBER = "511525-20070305-000001-0"
CALENDAR = Calendar.load()
EVERYTHING = Grants(posted(Post, ["511525"], last=date(2199, 12, 31)))
"""What lets somebody do every act on the cases here."""


LI = Applicant(subject="subj-1")
"""Who applies, and what the vault says of them."""
KEPT = KeptApplicant(subject="subj-1", kind="person", whose="")


class Here(TypedDict):
    """What every command of a story says."""

    case: str
    calendar: Calendar
    grants: Grants


HERE: Here = {"case": NUMBER, "calendar": CALENDAR, "grants": EVERYTHING}


def at(day: str, time: str = "10:00") -> datetime:
    """A time in Yibin, as the wire has it: UTC."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(UTC)


def asked(on: str, time: str = "10:00", officer: str = "officer-1", grants: Grants = EVERYTHING) -> Asked:
    """Somebody who asks what is possible."""
    return Asked(case=NUMBER, officer=officer, at=at(on, time), calendar=CALENDAR, grants=grants)


def offered(history: Iterable[CaseEvent], by: Asked) -> set[type[Command]]:
    """The acts that are offered to who asks."""
    return {command for command, because in possible(by, CASE.fold(history)).items() if because is None}
