"""The telling: time goes on, acts are done, and every record goes to everybody who knows its type until nothing more follows.

No rule stands here: parts make commands, deciders decide, readers carry facts from log to hearer, and clocks say when time speaks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from libs.authority import NO_GRANTS, may
from libs.decider import Refused
from libs.forms import Form
from libs.story.parts import ActDoor, Ask, Part, Scene, Speech
from libs.wire import Recorded
from libs.workdays import CHINA

FILED_AT: Final = "file"
"""The act that begins a case; every other one is the last part of its path."""
TELLER: Final = "system:story"
"""Who does what has to be so before the first act."""


class ToldFact(NamedTuple):
    """A fact of the telling: who says it, its name, what it says, and the record it stands in."""

    service: str
    type: str
    said: Any
    record: Recorded


class ToldRefusal(NamedTuple):
    """A no: its code, its sentence, and the articles or policies it rests on; none where the door said it."""

    code: str
    because: str
    source: str = ""


class Told(NamedTuple):
    """What an act came to, or what time has done (`act` is None): its facts and what followed from them at once, or its refusal."""

    at: datetime
    act: str | None
    by: str
    facts: tuple[ToldFact, ...] = ()
    refusal: ToldRefusal | None = None

    @property
    def refused(self) -> str | None:
        """The code of the refusal; None: the act was taken."""
        return self.refusal.code if self.refusal else None


class Telling:
    """A case as far as it was told. `told` is everything, in order of time, from the first act on; `opened` what was so before it."""

    def __init__(self, scene: Scene, parts: Iterable[Part]) -> None:
        self.scene, self.parts = scene, tuple(parts)
        self.told: list[Told] = []
        self.opened: list[ToldFact] = []
        self._codecs = {part.codec.service: part.codec for part in self.parts}
        self._doors = {name: door for part in self.parts for name, door in part.acts.items()}

    @property
    def acts(self) -> list[str]:
        """The acts there are, by their names."""
        return list(self._doors)

    def door(self, act: str) -> ActDoor | None:
        """How an act comes in; None: there is none of this name."""
        return self._doors.get(act)

    @property
    def facts(self) -> list[ToldFact]:
        """Everything that happened, in order of time."""
        return [fact for told in self.told for fact in told.facts]

    def open(self) -> bool:
        """Has done what has to be so before the first act; it is told only where it is refused. False: it was, and nothing more can be told."""
        openings = [part.opening for part in self.parts if part.opening]
        self.scene.now = min((opening.at for opening in openings), default=self.scene.begins)
        for opening in openings:
            for name, ask in opening.asks:
                done = self._done(name, ask)
                if done[0].refusal:
                    self.told += done
                    return False
                self.opened += done[0].facts
        return True

    def act(self, at: datetime, by: str, act: str, form: Form | None) -> Told:
        """Time goes on to `at`, and what it does comes first; then the act is done, with the form of its request.

        Raises `Unreadable` for an act that no story can have there.
        """
        self.until(at)
        door = self._doors[act]
        if turned_away := not_allowed(by, door.act, self.scene):
            self.told.append(Told(at, act, by, refusal=turned_away))
            return self.told[-1]
        try:
            ask = door.ask(form, by)
        except Refused as no:
            self.told.append(Told(at, act, by, refusal=refusal_of(no)))
            return self.told[-1]
        return self.ask(act, ask)

    def until(self, at: datetime) -> None:
        """Time goes on to `at`: what speaks by itself does, each at its own instants, in their order, and what follows from it follows."""
        assert at >= self.scene.now, f"time goes on; from {self.scene.now} it does not go to {at}"
        while speech := self._speech(at):
            self.scene.now = max(self.scene.now, speech.at)
            self.ask(None, speech.ask())
        self.scene.now = at

    def ask(self, act: str | None, ask: Ask) -> Told:
        """Puts a command, and then whatever those who hear of it ask for, until nothing more follows; all of it is told."""
        done = self._done(act, ask)
        self.told += done
        return done[0]

    def _speech(self, end: datetime) -> Speech | None:
        spoken = (speech for part in self.parts if (speech := part.speech()) and speech.at <= end)
        return min(spoken, key=lambda speech: (speech.at, speech.stream), default=None)

    def _done(self, act: str | None, first: Ask) -> list[Told]:
        """What a command came to; behind it, what was refused to those who heard of it."""
        now = self.scene.now
        try:
            waiting = deque(self.scene.append(first))
        except Refused as no:
            return [Told(now, act, first.actor, refusal=refusal_of(no))]
        facts, refused = list[ToldFact](), list[Told]()
        while waiting:
            record = waiting.popleft()
            facts.append(self._fact(record))
            for ask in self._follows(record):
                try:
                    waiting.extend(self.scene.append(ask))
                except Refused as no:
                    refused.append(Told(now, None, ask.actor, refusal=refusal_of(no)))
        return [Told(now, act, first.actor, tuple(facts)), *refused]

    def _fact(self, record: Recorded) -> ToldFact:
        _, service, name, _ = record.type.split(".")
        return ToldFact(service, name, self._codecs[service].decode(record), record)

    def _follows(self, record: Recorded) -> Iterable[Ask]:
        """What those who hear a record ask for."""
        for part in self.parts:
            if part.hearing and record.type in part.hearing.reader.types:
                yield from part.hearing.react(part.hearing.reader.read(record), record)


def refusal_of(no: Refused) -> ToldRefusal:
    """The refusal as it is told."""
    return ToldRefusal(no.code, no.because, no.source)


def not_allowed(by: str, act: str, scene: Scene) -> ToldRefusal | None:
    """What the door says to who may not ask for an act: that, and why. It knows nothing of items; the rules do."""
    known = scene.around.granted(by)
    because = may(known or NO_GRANTS, act, "", scene.node, scene.now.astimezone(CHINA).date())
    who = by if known else f"{by} 不在人员名单上"
    return ToldRefusal("not-allowed", f"{who}：{because}") if because else None
