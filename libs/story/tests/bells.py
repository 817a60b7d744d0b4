"""Two small services for tests of stories: a bell that is rung and rings by itself at noon, and an echo that hears it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from libs.authority import Grants, Post, posted
from libs.bus import Reader
from libs.decider import Decider, Law, record, refusing
from libs.eventlog import Codec, Subject
from libs.forms import Form
from libs.host import Around
from libs.story import ActDoor, Ask, Hearing, Opening, Part, Scene, Speech
from libs.testkit.neighbours import moment
from libs.wire import Recorded
from libs.workdays import Calendar

refused: Final = refusing({"cracked": Law("P-bells", "钟已经破了"), "too-loud": Law("P-quiet", "声音太大")})
NODE: Final = "511525"


@record
class Ring:
    """Ring the bell so many times."""

    times: int
    at: datetime


@record
class BellRang:
    """The bell was rung."""

    times: int
    at: datetime


@record
class EchoCame:
    """The bell was heard."""

    of: str
    at: datetime


class RingForm(Form):
    """How often it is rung."""

    times: int = 1


def ring(command: Ring, rung: int) -> Sequence[BellRang]:
    """The bell rings; not at all for none. Raises `Refused` for more than three times in all."""
    if rung + command.times > 3:
        raise refused("cracked")
    return [BellRang(times=command.times, at=command.at)] if command.times else []


def come(command: EchoCame, _came: None) -> Sequence[EchoCame]:
    """The echo comes. Raises `Refused` where the bell was rung twice at once."""
    if command.of == "2":
        raise refused("too-loud")
    return [command]


BELLS: Final[Subject[Ring, int, BellRang]] = Subject(Decider(0, ring, lambda rung, event: rung + event.times), Codec("bell", [BellRang]))
ECHOES: Final[Subject[EchoCame, None, EchoCame]] = Subject(Decider(None, come, lambda _came, _event: None), Codec("echo", [EchoCame]))


class Bell:
    """The bell's part: rung by clerks, once at the opening if so given, by itself at every noon there is left in `noons`."""

    def __init__(self, scene: Scene, noons: Sequence[str] = (), opening: int = 0) -> None:
        self.scene, self.noons, self.opening = scene, [moment(noon) for noon in noons], opening

    def part(self) -> Part:
        """What the bell does in a story."""
        opening = Opening(self.scene.begins - timedelta(days=1), self._opens()) if self.opening else None
        acts = {
            "ring": ActDoor("intake.accept", RingForm, self._ring),
            "touch": ActDoor("catalogue.read-items", None, lambda _form, by: self._asked(0, by)),
        }
        return Part(codec=BELLS.codec, acts=acts, opening=opening, speech=self._speech, shows=self._shows)

    def _asked(self, times: int, by: str) -> Ask:
        return Ask(NODE, BELLS, "bell", Ring(times=times, at=self.scene.now), by)

    def _ring(self, form: RingForm, by: str) -> Ask:
        return self._asked(form.times, by)

    def _opens(self) -> Iterator[tuple[str, Ask]]:
        yield "opening", self._asked(self.opening, "system:story")

    def _speech(self) -> Speech | None:
        return Speech(self.noons[0], "bell", self._noon) if self.noons else None

    def _noon(self) -> Ask:
        self.noons.pop(0)
        return self._asked(1, "system:bell")

    def _shows(self) -> Mapping[str, Any]:
        return {"rung": [json.loads(record.data)["times"] for record in self.scene.records(BELLS.codec, BellRang)]}


@record
class HeardBell:
    """What the echo reads of a bell."""

    times: int
    at: datetime


def echo() -> Part:
    """The part of the echo, which answers every bell it hears."""

    def hear(fact: HeardBell, record: Recorded) -> Iterator[Ask]:
        yield Ask(record.node, ECHOES, "echo", EchoCame(of=str(fact.times), at=fact.at), "system:echo")

    return Part(codec=ECHOES.codec, hearing=Hearing(Reader({"liandong.bell.BellRang.v1": HeardBell}), hear))


def scene(node: str = NODE, begins: str = "2007-03-05T09:00") -> Scene:
    """A county's scene, where only C0117 may do what clerks do; E0201 is known too."""
    known = {"C0117": Grants(posted([Post.CLERK], [NODE])), "E0201": Grants(posted([Post.EXAMINER], [NODE]))}
    around = Around(granted=known.get)
    return Scene(node, Calendar.load(), moment(begins), {}, around)
