"""The services' logs in memory, and who hears whose facts: every record goes to every reader that knows its type, as over the bus."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar

from libs.bus import Reader
from libs.eventlog import Intent, MemoryLogs, Subject
from libs.wire import Recorded
from libs.workdays import Calendar
from services.catalogue import app as catalogue
from services.deadline import app as deadline
from services.deadline import inbox as deadline_inbox
from services.deadline.clock import ACTOR as DEADLINE
from services.deadline.clock import triggers
from services.deadline.clock.heard import FactOfCase
from services.deadline.clock.holding import Holdings
from services.deadline.clock.known import KnownCase
from services.intake import app as intake
from services.intake import inbox as intake_inbox
from services.intake.case import CASE, heard
from services.intake.case.act import SYSTEM as INTAKE
from services.supervision import app as supervision
from services.supervision import inbox as supervision_inbox
from services.supervision.card import rungs
from services.supervision.card.rungs import YellowOrRed
from services.supervision.finding import acts
from services.supervision.finding.acts import FilingOrAct
from services.supervision.finding.detectors import WatchedCase

SERVICES: Final = ("catalogue", "intake", "deadline", "supervision")
T = TypeVar("T")


class Asked(NamedTuple):
    """A command on its way to a stream."""

    subject: Subject[Any, Any, Any]
    stream: str
    command: Any
    actor: str


class Together:
    """The streams of all services at one node, and what each hearer remembers. `now` gives the time at which facts are recorded."""

    def __init__(self, node: str, calendar: Calendar, now: Callable[[], datetime]) -> None:
        self._logs = {service: MemoryLogs(service, [node], now).of(node) for service in SERVICES}
        self._calendar = calendar
        self.items, _, self.procedures = catalogue.subjects()
        self.cases, self.clocks = Subject(CASE, intake.CODEC), deadline.subject(calendar)
        self.cards, self.findings = supervision.subjects()
        self.learned = heard.Learned()
        self._cases_known: dict[str, KnownCase] = {}
        self._cases_watched: defaultdict[str, WatchedCase] = defaultdict(WatchedCase)
        self._hearers: tuple[tuple[Reader, Callable[[Any, str], Iterator[Asked]]], ...] = (
            (intake_inbox.READER, self._intake),
            (deadline_inbox.READER, self._deadline),
            (supervision_inbox.READER, self._supervision),
        )

    def append(self, asked: Asked) -> Sequence[Recorded]:
        """Has a command decided, and its facts written. Raises `Refused`."""
        intent: Intent = asked.subject.intent(asked.stream, asked.command, actor=asked.actor)
        return at_once(self._logs[asked.subject.codec.service].append(intent)).events

    def stream(self, subject: Subject[Any, Any, Any], stream: str) -> list[Recorded]:
        """The records of a stream; none where nothing was ever written to it."""
        return at_once(self._logs[subject.codec.service].stream(stream))

    def decoded(self, record: Recorded) -> Any:
        """The fact as its own service wrote it."""
        return CODECS[record.type.split(".")[1]].decode(record)

    def holdings(self, case: str) -> Holdings:
        """What was held in a case, as the deadline service remembers it and loads it with every tick."""
        known = self._cases_known.get(case)
        return known.holdings if known else ()

    def follows(self, record: Recorded) -> list[Asked]:
        """What those who hear a record ask for."""
        return [asked for reader, hear in self._hearers if record.type in reader.types for asked in hear(reader.read(record), record.name)]

    def _intake(self, fact: heard.Heard, name: str) -> Iterator[Asked]:
        self.learned, commands = heard.react(self._calendar, self.learned, fact, name)
        yield from (Asked(self.cases, stream, command, INTAKE) for stream, command in commands)

    def _deadline(self, fact: FactOfCase, name: str) -> Iterator[Asked]:
        self._cases_known[fact.case], commands = triggers.react(self._cases_known.get(fact.case), fact, name)
        yield from (Asked(self.clocks, stream, command, DEADLINE) for stream, command in commands)

    def _supervision(self, fact: YellowOrRed | FilingOrAct, name: str) -> Iterator[Asked]:
        if isinstance(fact, YellowOrRed):
            cards = rungs.react(None, fact, name)[1]
            yield from (Asked(self.cards, stream, command, supervision_inbox.ACTOR) for stream, command in cards)
            return
        self._cases_watched[fact.case], raised = acts.react(self._cases_watched[fact.case], fact, name)
        yield from (Asked(self.findings, stream, command, supervision_inbox.ACTOR) for stream, command in raised)


CODECS: Final = {module.CODEC.service: module.CODEC for module in (catalogue, intake, deadline, supervision)}


def at_once(waited_for: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives that waits for nothing, as none does over a log in memory."""
    try:
        waited_for.send(None)
    except StopIteration as done:
        given: T = done.value
        return given
    raise AssertionError(f"{waited_for} waits for something")
