"""Binds a decider to its events' wire form: a command becomes an intent, a stream becomes a state."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from libs.decider import Decider
from libs.eventlog.log import Claim, Consequence, Intent, New, Scope
from libs.wire import Malformed, Payload, Recorded

Command = TypeVar("Command")
State = TypeVar("State")
Event = TypeVar("Event", bound="Fact")


class Fact(Protocol):
    """Every event says when it happened: `at`, aware, business time."""

    @property
    def at(self) -> datetime: ...


class Logged(Protocol):
    """What rules and views see of an event of the log: nothing that the log and the wire alone need."""

    @property
    def source(self) -> str: ...
    @property
    def node(self) -> str: ...
    @property
    def epoch(self) -> int: ...
    @property
    def sequence(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def subject(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def time(self) -> datetime: ...
    @property
    def recordedtime(self) -> datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def data(self) -> bytes: ...


class Codec:
    """The published events of one service ↔ `liandong.<service>.<Event>.v<n>` and JSON bytes. All are v1 until one says otherwise in `versions`."""

    def __init__(self, service: str, events: Iterable[type[Any]], versions: dict[str, int] | None = None) -> None:
        self.service = service
        found = versions or {}
        self._names = {event: f"liandong.{service}.{event.__name__}.v{found.get(event.__name__, 1)}" for event in events}
        self._payloads = {name: Payload(event) for event, name in self._names.items()}
        self._encoder = msgspec.json.Encoder()

    def name(self, event: type[Any]) -> str:
        """The type as it stands on the wire."""
        return self._names[event]

    @property
    def types(self) -> frozenset[str]:
        """All types on the wire."""
        return frozenset(self._payloads)

    def encode(self, event: Any) -> bytes:
        return self._encoder.encode(event)

    def decode(self, recorded: Logged) -> Any:
        """The event as its record class, its instants as UTC. Raises `Malformed` for a type or a payload this version cannot read."""
        if (payload := self._payloads.get(recorded.type)) is None:
            raise Malformed(f"不认识 {recorded.type}")
        try:
            return payload.read(recorded.data)
        except Malformed as wrong:
            raise Malformed(f"{recorded.type} {recorded.source}#{recorded.sequence} 的{wrong}") from None


def _nothing(_event: Any) -> Sequence[Claim]:
    return ()


class Subject(Generic[Command, State, Event]):
    """One kind of stream: its decider, its codec, what its events claim and release, whom they are addressed to."""

    def __init__(
        self,
        decider: Decider[Command, State, Event],
        codec: Codec,
        *,
        claims: Callable[[Event], Sequence[Claim]] = _nothing,
        releases: Callable[[Event], Sequence[Claim]] = _nothing,
        to: Callable[[Event], str] = lambda _event: "",
    ) -> None:
        self.decider, self.codec, self._claims, self._releases, self._to = decider, codec, claims, releases, to

    def state(self, stream: Iterable[Recorded], state: State | None = None) -> State:
        """The state after `stream`, from `state` or from the beginning."""
        decode = self.codec.decode
        return self.decider.fold((decode(recorded) for recorded in stream), state)

    def consequence(self, command: Command, state: State) -> Consequence:
        """What comes of `command` where `state` is so. Raises `Refused`."""
        events = self.decider.decide(command, state)
        return Consequence(
            events=[New(self.codec.name(type(e)), self.codec.encode(e), e.at, self._to(e)) for e in events],
            claims=[claim for e in events for claim in self._claims(e)],
            releases=[claim for e in events for claim in self._releases(e)],
        )

    def intent(
        self,
        subject: str,
        command: Command,
        *,
        actor: str,
        key: str = "",
        scope: Scope = "http",
        digest: str = "",
        expected: Container[int] | None = None,
        last: bool = False,
        correlation: str = "",
        causation: str = "",
        traceparent: str = "",
    ) -> Intent:
        """The intent that puts `command` to `subject`; `last`: the state after the stream's last event alone is all the decider needs."""

        def decide(stream: Sequence[Recorded]) -> Consequence:
            return self.consequence(command, self.state(stream))

        return Intent(
            subject=subject,
            decide=decide,
            actor=actor,
            key=key,
            scope=scope,
            digest=digest,
            expected=expected,
            last=last,
            correlation=correlation,
            causation=causation,
            traceparent=traceparent,
        )
