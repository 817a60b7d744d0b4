"""What every topic of a case is made of: what all commands say, and an act, which is a command's check, its fact, and when it changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Generic, TypedDict, TypeVar

from libs.authority import NO_GRANTS, Grants
from libs.decider import record
from libs.workdays import Calendar
from services.intake.events import CaseEvent

if TYPE_CHECKING:
    from services.intake.case import Case

SYSTEM: Final = "system:intake"
"""The officer of acts that no officer does: those of passing time, and of a start of the service."""


@record
class Asked:
    """Every command says which case, which officer and when (business time, aware), and by which `calendar` its days are counted.

    `imported`: not an act done here now, but one taken from another system's record; it is kept as given (decision 0010). `grants` are the
    officer's, as the edge knows them; acts of passing time and of a record have none.
    """

    case: str
    officer: str
    at: datetime
    calendar: Calendar
    imported: bool = False
    grants: Grants = NO_GRANTS


class TakenOver(TypedDict):
    """What a fact takes over from its command, whatever it is."""

    case: str
    officer: str
    at: datetime
    imported: bool


def said(c: Asked) -> TakenOver:
    """What the fact of a command takes over from it: which case, which officer, when, and whether imported."""
    return {"case": c.case, "officer": c.officer, "at": c.at, "imported": c.imported}


C = TypeVar("C", bound=Asked)


def _never(_c: Asked, _case: Case) -> bool:
    return False


def _nothing(_case: Case) -> str:
    return ""


def _always(_c: Asked, _case: Case) -> None:
    return None


@dataclass(frozen=True, slots=True)
class Act(Generic[C]):
    """One intention, asked when it is in turn.

    `check` raises `Refused`, or lets the command pass. `fact` makes the fact, or facts, of it; imported acts come there directly. `already`
    says whether the command would change nothing. `offer` raises `Refused` where it makes no sense now to propose the act to who asks, for the
    reason for which the command would be refused; who is offered it may still be refused for what the command says. `within` names the act that
    is done with it as the case stands, and has to be given to the officer too; empty: none.
    """

    check: Callable[[C, Case], None]
    fact: Callable[[C, Case], CaseEvent | tuple[CaseEvent, ...]]
    already: Callable[[C, Case], bool] = _never
    offer: Callable[[Asked, Case], None] = _always
    within: Callable[[Case], str] = _nothing


Acts = Mapping[type[Any], Act[Any]]
"""A topic's table: command → act."""


def unbound(_c: Asked, _case: Case) -> None:
    """The check of an act that is bound by its turn alone."""
