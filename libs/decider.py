"""The shape of every rule: a command and a state make events; an event and a state make the next state.

Nothing here knows of storage, HTTP or Kafka, and nothing here or in a rule reads a clock: what a rule needs comes in the command.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, Generic, NamedTuple, Protocol, TypeVar, dataclass_transform

T = TypeVar("T")
Command = TypeVar("Command")
State = TypeVar("State")
Event = TypeVar("Event")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def record(cls: type[T]) -> type[T]:
    """A frozen, keyword-only value: events, commands, states and their parts."""
    return dataclass(frozen=True, slots=True, kw_only=True)(cls)


NOTHING_MORE: Final[Mapping[str, object]] = {}


class Refused(Exception):
    """A rule said no. `code` is stable and machine-readable, `because` is a sentence for people, naming the article or policy; `source` has
    these alone. `more` is for programs: further members of the answer, by name.
    """

    def __init__(self, code: str, because: str, source: str = "", more: Mapping[str, object] = NOTHING_MORE) -> None:
        super().__init__(f"{code}: {because}")
        self.code = code
        self.because = because
        self.source = source
        self.more = more

    def about(self, what: str) -> Refused:
        """The same refusal, saying of which of many things it is: a row of a file, a case of an import."""
        return Refused(self.code, f"{what}：{self.because}", self.source, self.more)

    def with_more(self, **more: object) -> Refused:
        """The same refusal with further members of its answer."""
        return Refused(self.code, self.because, self.source, {**self.more, **more})


BETWEEN: Final = "，"
"""Stands between the sources of one refusal."""


class Law(NamedTuple):
    """Why a rule may refuse: the articles or policy ids it rests on, with `BETWEEN` between them, and a sentence for people, with `{names}` of
    what varies.
    """

    source: str
    sentence: str


class Refusing(Protocol):
    """Makes the refusal of a code of one service; the values fill the sentence; `on` are those of its sources that it rests on here, where not
    all of them apply. Raises `KeyError` for a code that is not in its law, `ValueError` for a source that is not the code's.
    """

    def __call__(self, code: str, /, *, on: Sequence[str] = (), **values: object) -> Refused: ...


def refusing(laws: Mapping[str, Law]) -> Refusing:
    """How the rules of a service refuse: by code, everything else stands once in its `law.py`."""

    def refused(code: str, /, *, on: Sequence[str] = (), **values: object) -> Refused:
        law = laws[code]
        if strange := set(on).difference(law.source.split(BETWEEN)):
            raise ValueError(f"{code} 的依据中没有 {'、'.join(sorted(strange))}")
        source = BETWEEN.join(on) or law.source
        return Refused(code, f"{law.sentence.format(**values)}（{source}）", source)

    return refused


@dataclass(frozen=True, slots=True)
class Decider(Generic[Command, State, Event]):
    """`decide` answers a command with events, `[]` for "already so", or raises `Refused`; `evolve` is total over published events."""

    initial: State
    decide: Callable[[Command, State], Sequence[Event]]
    evolve: Callable[[State, Event], State]

    def fold(self, events: Iterable[Event], state: State | None = None) -> State:
        """The state after `events`, from `state` or from the beginning."""
        return reduce(self.evolve, events, self.initial if state is None else state)
