"""Rules tested as sentences: given what happened, when somebody acts, then this follows, or it is refused.

story = Given(CASE)                      # a Decider
story(filed()).when(accept()).then(accepted())
story(filed()).when(approve()).refused("not-examined")
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from libs.decider import Decider, Refused

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")
T = TypeVar("T")


@dataclass(frozen=True)
class Given(Generic[C, S, E]):
    """A decider under test."""

    decider: Decider[C, S, E]

    def __call__(self, *history: E | Sequence[E]) -> Story[C, S, E]:
        """What happened before: events, or lists of events as stories give them."""
        flat: list[E] = []
        for part in history:
            flat.extend(part if isinstance(part, list | tuple) else [part])  # type: ignore[list-item]
        return Story(self.decider, flat)


@dataclass(frozen=True)
class Story(Generic[C, S, E]):
    """A history so far; `when` goes on with it."""

    decider: Decider[C, S, E]
    history: list[E]

    @property
    def state(self) -> S:
        """The state the history folds to."""
        return self.decider.fold(self.history)

    def when(self, *commands: C) -> Happened[C, S, E]:
        """Puts the commands one after the other; all but the last must be taken."""
        history = list(self.history)
        for command in commands[:-1]:
            history.extend(self.decider.decide(command, self.decider.fold(history)))
        try:
            events: Sequence[E] = self.decider.decide(commands[-1], self.decider.fold(history))
        except Refused as refused:
            return Happened(self.decider, history, (), refused)
        return Happened(self.decider, history, tuple(events), None)


@dataclass(frozen=True)
class Happened(Generic[C, S, E]):
    """What the commands of `when` came to: the events of the last one, or its refusal."""

    decider: Decider[C, S, E]
    before: list[E]
    events: tuple[E, ...]
    refusal: Refused | None

    def then(self, *expected: E) -> Story[C, S, E]:
        """Exactly these events, in order; none: "already so"."""
        story = self.taken()
        assert self.events == expected, f"\nexpected {_lines(expected)}\nhappened {_lines(self.events)}"
        return story

    def taken(self) -> Story[C, S, E]:
        """Not refused; the story goes on from here. "Already so" is taken too."""
        if self.refusal is not None:
            raise AssertionError(f"refused: {self.refusal}")
        return Story(self.decider, [*self.before, *self.events])

    def one(self, kind: type[T]) -> T:
        """The event of this type that came of it: exactly one, whatever others beside it."""
        found = [event for event in self.taken().history[len(self.before) :] if isinstance(event, kind)]
        assert len(found) == 1, f"{len(found)} of {kind.__name__} in {_lines(self.events)}"
        return found[0]

    def refused(self, code: str) -> Refused:
        """Refused with this code, and nothing happened."""
        if self.refusal is None:
            raise AssertionError(f"not refused; happened {_lines(self.events)}")
        assert self.refusal.code == code, f"refused with {self.refusal}, not with {code}"
        assert self.refusal.because, "a refusal tells the person why"
        return self.refusal

    def history(self) -> list[E]:
        """Everything that happened so far, for the next story."""
        return self.taken().history


def _lines(events: Sequence[Any]) -> str:
    return "".join(f"\n  {event}" for event in events) or "nothing"
