"""查阅记录: what somebody reads whose post only reads, and until a day that is said, is a fact (decision 0032)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from libs.decider import Decider, record
from services.vault.events import RecordsRead


@record
class ReadRecords:
    """Read by an act about a node, at an address."""

    reader: str
    node: str
    act: str
    about: str
    path: str
    at: datetime


Command = ReadRecords
Event = RecordsRead


def stream(reader: str) -> str:
    """The stream of what somebody reads."""
    return f"reads:{reader}"


def decide(command: ReadRecords, _before: None) -> Sequence[RecordsRead]:
    """The fact, every time: to look twice is to have looked twice."""
    return [RecordsRead(reader=command.reader, node=command.node, act=command.act, about=command.about, path=command.path, at=command.at)]


def evolve(_before: None, _event: RecordsRead) -> None:
    """Nothing is remembered of what was read before."""


READS: Final[Decider[ReadRecords, None, RecordsRead]] = Decider(None, decide, evolve)
