"""What a service brings to a story, and what it is given for it: its `Part`, made by `services.<name>.app.tells(scene)`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar

from libs.authority import NO_GRANTS, Grants
from libs.bus import Reader
from libs.eventlog import Codec, Consequence, Intent, MemoryLogs, Subject
from libs.forms import Form
from libs.host import Around, Node, Site
from libs.wire import Recorded
from libs.workdays import Calendar

T = TypeVar("T")
S = TypeVar("S")
COUNTY: Final = 6
"""Digits of a county's code; those of what lies below it begin with them."""


class Ask(NamedTuple):
    """A command on its way to a stream of a node's log."""

    node: str
    subject: Subject[Any, Any, Any]
    stream: str
    command: Any
    actor: str


class ActDoor(NamedTuple):
    """How an act comes in: what somebody must be allowed to do, with which form (None: it says nothing more), and the command of a form asked for by somebody
    now. It may raise `Refused`, and `Unreadable` for an act that no story can have there.
    """

    act: str
    form: type[Form] | None
    ask: Callable[[Any, str], Ask]


class Hearing(NamedTuple):
    """What a service hears of the others: how it reads their facts, and what it asks for when it hears one."""

    reader: Reader
    react: Callable[[Any, Recorded], Iterable[Ask]]


class Speech(NamedTuple):
    """The next instant at which a service speaks by itself, and what it is asked then."""

    at: datetime
    stream: str
    ask: Callable[[], Ask]


class Opening(NamedTuple):
    """What has to be so before the first act: from when on, and what is asked for it, one after the other, each under a name."""

    at: datetime
    asks: Iterator[tuple[str, Ask]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a service does in a story. `acts` are its routes by their parts of the path; `speech` is what time will make it say next, if
    anything; `shows` is what is told of it at the end, by name.
    """

    codec: Codec
    acts: Mapping[str, ActDoor] = field(default_factory=dict)
    opening: Opening | None = None
    hearing: Hearing | None = None
    speech: Callable[[], Speech | None] = lambda: None
    shows: Callable[[], Mapping[str, Any]] = dict


class Scene:
    """Where a story plays: its site (the node and those above it, up to the county), its calendar, who is known there, what is given of item
    and procedure, when it begins, and everybody's logs. `now` is the virtual time.
    """

    def __init__(self, node: str, calendar: Calendar, begins: datetime, given: Mapping[str, Any], around: Around) -> None:
        self.node, self.calendar, self.begins, self.given, self.around = node, calendar, begins, given, around
        codes = [node[:digits] for digits in range(COUNTY, len(node) + 1, 3)]
        parents = ["", *codes]
        self.site = Site(codes[0], tuple(Node(code, code, parent) for code, parent in zip(codes, parents, strict=False)))
        self.now = begins
        self._logs: dict[str, MemoryLogs] = {}
        self._states: dict[tuple[Subject[Any, Any, Any], str, str], tuple[int, Any]] = {}
        self._read: dict[str, int] = {}
        self._kinds: defaultdict[str, list[Recorded]] = defaultdict(list)

    @property
    def county(self) -> str:
        """The node at the head of the site, whose procedures those below it follow."""
        return self.site.code

    def grants(self, staff: str) -> Grants:
        """What somebody of the story may do."""
        return self.around.granted(staff) or NO_GRANTS

    def append(self, ask: Ask) -> list[Recorded]:
        """Has a command decided, and its facts written. Raises `Refused`."""

        def decide(stream: Sequence[Recorded]) -> Consequence:
            return ask.subject.consequence(ask.command, self._after(ask.subject, ask.node, ask.stream, stream))

        intent = Intent(subject=ask.stream, decide=decide, actor=ask.actor)
        return list(at_once(self._of(ask.subject.codec.service).of(ask.node).append(intent)).events)

    def stream(self, subject: Subject[Any, Any, Any], node: str, stream: str) -> list[Recorded]:
        """The records of a stream; none where nothing was ever written to it."""
        return at_once(self._of(subject.codec.service).of(node).stream(stream))

    def state(self, subject: Subject[Any, S, Any], node: str, stream: str) -> S:
        """The state of a stream as it is now."""
        return self._after(subject, node, stream, self.stream(subject, node, stream))

    def records(self, codec: Codec, event: type[Any]) -> Sequence[Recorded]:
        """Everything of one kind that a service has said at the node of the story, in the order written."""
        written = at_once(self._of(codec.service).of(self.node).feed(self._read.get(codec.service, 0), EVERYTHING))
        self._read[codec.service] = self._read.get(codec.service, 0) + len(written)
        for record in written:
            self._kinds[record.type].append(record)
        return self._kinds[codec.name(event)]

    def _after(self, subject: Subject[Any, S, Any], node: str, name: str, stream: Sequence[Recorded]) -> S:
        """The state after a stream. A stream only grows, so what was folded once stays folded: a long story costs what it tells."""
        length, before = self._states.get((subject, node, name), (0, None))
        after = subject.state(stream[length:], before)
        self._states[subject, node, name] = len(stream), after
        return after

    def _of(self, service: str) -> MemoryLogs:
        if service not in self._logs:
            self._logs[service] = MemoryLogs(service, [node.code for node in self.site.nodes], lambda: self.now)
        return self._logs[service]


EVERYTHING: Final = 2**31


def at_once(waited_for: Coroutine[Any, Any, T]) -> T:
    """What a coroutine gives that waits for nothing, as none does over a log in memory."""
    try:
        waited_for.send(None)
    except StopIteration as done:
        given: T = done.value
        return given
    raise AssertionError(f"{waited_for} waits for something")
