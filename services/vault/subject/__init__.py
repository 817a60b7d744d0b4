"""A subject: its data is opened for a purpose, and once erased stays so (个人信息保护法 Art. 6, 47)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from libs.authority import ACTS, Grants, may
from libs.decider import Decider, record
from services.vault.events import DataErased, DataOpened
from services.vault.law import refused


@record
class OpenData:
    """Open these fields for an act on a case. `cases` are those the subject is known to have."""

    subject: str
    node: str
    fields: tuple[str, ...]
    act: str
    case: str
    cases: tuple[str, ...]
    officer: str
    at: datetime


@record
class EraseData:
    """Erase the subject. `held`: a case of it runs, and nothing was destroyed."""

    subject: str
    node: str
    held: bool
    officer: str
    at: datetime


Command = OpenData | EraseData
Event = DataOpened | DataErased
State = bool
"""Whether the subject is erased."""


def decide(command: Command, erased: State) -> Sequence[Event]:
    """The fact; none where the subject is erased already."""
    match command:
        case OpenData():
            may_open(command, erased)
            return [_opened(command)]
        case EraseData():
            if command.held:
                raise refused("still-held")
            return [] if erased else [_erased(command)]


def may_open(command: OpenData, erased: State) -> None:
    """Raises `Refused` for an erased subject, and for a case that is not one of the subject's."""
    if erased:
        raise refused("erased")
    if command.cases and command.case not in command.cases:
        raise refused("other-case")


def why_no_purpose(grants: Grants, act: str, item: str, node: str, day: date) -> str | None:
    """The sentence why the act is no purpose for which somebody with these grants opens data: there is none of that name that does something, or
    it is not theirs to do on this item, at this node, on this day; None: it is one.
    """
    if act not in ACTS or ACTS[act].reads:
        return f"查看个人信息须为一项要办的事，没有「{act}」这一项"
    return may(grants, act, item, node, day)


def may_keep(whose: str, known: bool) -> None:
    """Raises `Refused` for an agent, or a text, of somebody who is not kept here."""
    if whose and not known:
        raise refused("unknown-principal")


def may_add(*, erased: bool) -> None:
    """Raises `Refused` for a document of an erased subject."""
    if erased:
        raise refused("erased")


def _opened(command: OpenData) -> DataOpened:
    return DataOpened(
        subject=command.subject,
        node=command.node,
        fields=command.fields,
        act=command.act,
        case=command.case,
        officer=command.officer,
        at=command.at,
    )


def _erased(command: EraseData) -> DataErased:
    return DataErased(subject=command.subject, node=command.node, officer=command.officer, at=command.at)


def evolve(erased: State, event: Event) -> State:
    """Whether the subject is erased after `event`; nothing comes behind that."""
    return erased or isinstance(event, DataErased)


SUBJECT: Final[Decider[Command, State, Event]] = Decider(False, decide, evolve)
