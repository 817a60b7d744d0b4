"""A case told through the real rules of all services together, by the runner of `liandong story`: in memory, in virtual time (libs/story).

Here stands only how tests begin a story, act in it and ask what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import reduce
from itertools import count
from typing import Any, Final

from libs.authority import Grants, Post, posted
from libs.decider import Refused
from libs.eventlog import Subject
from libs.host import Around
from libs.story import FILED_AT, Ask, Scene, Told, ToldFact, ToldRefusal, playing
from libs.story import Telling as Runner
from libs.testkit.neighbours import moment
from libs.workdays import Calendar
from services.deadline import app as deadline
from services.deadline.clock.starting import clock_of
from services.deadline.story import ClockOfStory, ClocksOfStory
from services.intake import app as intake
from services.intake.case import CASE, Case, possible
from services.intake.case.act import Asked
from services.intake.case.days import day_of
from services.intake.case.filing import Version, in_force
from services.intake.case.heard import Learned, react
from services.intake.http import ROUTES, imports
from services.intake.http.numbering import case_number
from services.intake.inbox import READER
from services.supervision.events import CardIssued, FindingRaised

PARTS: Final = {route.command: part for part, route in ROUTES.items()}
STAFF: Final = frozenset({"C0117", "E0201", "E0202", "A0301", "A0302", "H0001"})
"""Whom the site knows; each may do everything."""
EVERYTHING: Final = Grants(posted(Post, ["511525"], last=date(2199, 12, 31)))
AROUND: Final = Around(granted=lambda staff: EVERYTHING if staff in STAFF else None)
ITEM: Final = {"name": "取水许可", "type_code": "01", "department": "县水利局"}


class Telling:
    """A case as far as it was told; its procedure is published first, through the catalogue's own forms and rules."""

    def __init__(
        self, given: Mapping[str, Any], node: str = "511525", calendar: Calendar | None = None, published: str = "2007-01-04T09:00"
    ) -> None:
        self.node, self.calendar, self.item = node, calendar or Calendar.load(), str(given["item"])
        procedure = {"item": {**ITEM, "item": self.item}, "procedure": dict(given)}
        self.scene = Scene(node, self.calendar, moment(published), procedure, AROUND)
        self.runner, self.cases = Runner(self.scene, playing(self.scene)), Subject(CASE, intake.CODEC)
        self._serials = count(1)
        if not self.runner.open():
            no = self.refusals[0]
            raise Refused(no.code, no.because, no.source)

    # --- what is done -----------------------------------------------------------------------------------------------------------------

    def act(self, at: str | datetime, by: str = "C0117", act: str = FILED_AT, **body: Any) -> Told:
        """Time goes on to `at`, and what it does comes first; then the act is done, with the body of its request."""
        door = self.runner.door(act)
        assert door is not None, f"{act} is no act"
        assert door.form or not body, f"{act} takes no body"
        body = {"item": self.item, "channel": "counter", **body} if act == FILED_AT else body
        return self.runner.act(moment(at), by, act, door.form.model_validate(body) if door.form else None)

    def bring(self, at: str | datetime, by: str = "O0001", **given: Any) -> ToldRefusal | None:
        """Time goes on to `at`; then a case of another system's record is taken in, each of its acts at its own time. The first refusal."""
        self.until(at)
        case = imports.ImportedCase.model_validate({"ref": "old-1", "item": self.item, "channel": "internal", **given})
        filed, serial = case.filed.at, next(self._serials)
        draft = imports.draft_of(
            case, "old", self.node, in_force(self._newest_first, day_of(filed), imported=True), self.calendar, self.scene.now
        )
        number = case_number(self.node, day_of(filed), serial)
        commands = [
            draft(case=number),
            *(command for command, _ in imports.acts(number, case, self.calendar)),
        ]
        told = [self.runner.ask("import", Ask(self.node, self.cases, number, command, by)) for command in commands]
        return next((one.refusal for one in told if one.refusal), None)

    def until(self, at: str | datetime) -> None:
        """Time goes on to `at`, and the clocks speak."""
        self.runner.until(moment(at))

    @property
    def _newest_first(self) -> list[Version]:
        published = [fact.record for fact in self.runner.opened if fact.record.type in READER.types]
        learned = reduce(lambda known, record: react(self.calendar, known, READER.read(record), record.name)[0], published, Learned())
        return list(reversed(learned.versions))

    # --- what is asked ----------------------------------------------------------------------------------------------------------------

    @property
    def facts(self) -> list[ToldFact]:
        """Everything that happened, in order of time."""
        return self.runner.facts

    @property
    def refusals(self) -> list[ToldRefusal]:
        """Everything that was refused, to officers and to services."""
        return [told.refusal for told in self.runner.told if told.refusal]

    @property
    def case(self) -> str:
        """The number of the case."""
        return next(fact.record.subject for fact in self.facts if fact.type == "CaseFiled")

    def clock(self, name: str) -> ClockOfStory:
        """A clock of the case, as it stands: `promised`, `step:1`. Raises `LookupError` where it was never started."""
        found = ClocksOfStory(self.scene, deadline.subject(self.calendar)).clock(clock_of(self.case, name))
        if found is None:
            raise LookupError(f"{self.case} has no clock {name}")
        return found

    @property
    def cards(self) -> list[CardIssued]:
        """The cards issued."""
        return [fact.said for fact in self.facts if isinstance(fact.said, CardIssued)]

    @property
    def findings(self) -> list[FindingRaised]:
        """The findings raised."""
        return [fact.said for fact in self.facts if isinstance(fact.said, FindingRaised)]

    @property
    def phase(self) -> str:
        """Where the case stands."""
        return self._state.phase.value

    @property
    def possible(self) -> list[str]:
        """The acts offered now to somebody who may do everything, by the last parts of their paths."""
        asked = Asked(case=self.case, officer="H0001", at=self.scene.now, calendar=self.calendar, grants=EVERYTHING)
        return [PARTS[command] for command, because in possible(asked, self._state).items() if because is None]

    @property
    def _state(self) -> Case:
        return self.cases.state(self.stream())

    def stream(self) -> list[Any]:
        """The records of the case."""
        return self.scene.stream(self.cases, self.node, self.case)
