"""A case told through the real rules of catalogue, intake, deadline and supervision together: in memory, in virtual time, without a server.

No rule stands here: forms make commands, deciders decide, readers carry facts from log to hearer, and clocks say when time speaks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import reduce
from itertools import count
from typing import Any, Final, NamedTuple, get_args

from libs.decider import Refused
from libs.host import Around
from libs.testkit.neighbours import moment
from libs.workdays import Calendar
from services.catalogue import item, procedure
from services.catalogue.http.items import ItemForm, wording_of
from services.catalogue.http.procedures import ProcedureForm
from services.catalogue.http.procedures import command_of as publishing_of
from services.catalogue.item import RegisterItem
from services.deadline.clock import ACTOR as DEADLINE
from services.deadline.clock.rungs import RungEvent, TickClock, pending, rung_of
from services.deadline.clock.starting import clock_of
from services.deadline.views.clocks import ShownClock, shown
from services.intake.case import Case, possible
from services.intake.case.days import day_of
from services.intake.case.filing import Version, in_force
from services.intake.http import ROUTES, imports
from services.intake.http.acts import command_of
from services.intake.http.filing import Filing, draft_of
from services.intake.http.numbering import case_number
from services.supervision.events import CardIssued, FindingRaised
from tests.together.hearing import Asked, Together

FILE: Final = "file"
"""The act that begins a case; every other one is the last part of its path."""
PARTS: Final = {route.command: part for part, route in ROUTES.items()}
EDITOR: Final = "E0001"
STAFF: Final = frozenset({"C0117", "E0201", "E0202", "A0301", "A0302", "H0001"})
"""Whom the site knows."""
AROUND: Final = Around(knows=lambda staff, *_roles: staff in STAFF)


class ToldFact(NamedTuple):
    """A fact of the telling: who says it, its name, what it says."""

    service: str
    type: str
    said: Any


class Told(NamedTuple):
    """What an act came to: its facts and what followed from them at once, or its refusal."""

    facts: tuple[ToldFact, ...]
    refusal: Refused | None = None

    @property
    def refused(self) -> str | None:
        """The code of the refusal; None: the act was taken."""
        return self.refusal.code if self.refusal else None


class ToldClock(NamedTuple):
    """A clock as the deadline service shows it, and the rungs it has said: which one, at its own instant."""

    shown: ShownClock
    rungs: tuple[tuple[str, datetime], ...]

    def said(self, rung: str) -> list[datetime]:
        """The instants at which it said this rung."""
        return [at for name, at in self.rungs if name == rung]


class Telling:
    """A case as far as it was told; its procedure is published first, through the catalogue's own forms and rules."""

    def __init__(
        self, given: Mapping[str, Any], node: str = "511525", calendar: Calendar | None = None, published: str = "2007-01-04T09:00"
    ) -> None:
        self.node, self.calendar, self.now = node, calendar or Calendar.load(), moment(published)
        self.together = Together(node, self.calendar, lambda: self.now)
        self.case, self.item, self._serials = "", str(given["item"]), count(1)
        self.facts: list[ToldFact] = []
        """Everything that happened, in order of time."""
        self.refusals: list[Refused] = []
        """Everything that was refused, to officers and to services."""
        self._publish(given)

    # --- what is done -----------------------------------------------------------------------------------------------------------------

    def act(self, at: str | datetime, by: str = "C0117", act: str = FILE, **body: Any) -> Told:
        """Time goes on to `at`, and what it does comes first; then the act is done, with the body of its request."""
        self.until(at)
        if act == FILE:
            return self._file(by, Filing.model_validate({"item": self.item, "channel": "counter", **body}))
        route = ROUTES[act]
        assert route.form or not body, f"{act} takes no body"
        form = route.form.model_validate(body) if route.form else None
        command = command_of(route, form, AROUND, case=self.case, officer=by, at=self.now, calendar=self.calendar)
        return self._ask(Asked(self.together.cases, self.case, command, by))

    def bring(self, at: str | datetime, by: str = "O0001", **given: Any) -> Told:
        """Time goes on to `at`; then a case of another system's record is taken in, each of its acts at its own time."""
        self.until(at)
        case = imports.ImportedCase.model_validate({"ref": "old-1", "item": self.item, "channel": "internal", **given})
        filed, before, serial = case.filed.at, len(self.facts), next(self._serials)
        pinned = in_force(self._newest_first(case.item), day_of(filed), imported=True)
        draft = imports.draft_of(case, "old", self.node, pinned, self.calendar, self.now)
        self.case = case_number(self.node, day_of(filed), serial)
        commands = [
            draft(case=self.case, applicant=f"subj-{serial}"),
            *(command for command, _ in imports.acts(self.case, case, self.calendar)),
        ]
        told = [self._ask(Asked(self.together.cases, self.case, command, by)) for command in commands]
        return Told(tuple(self.facts[before:]), next((one.refusal for one in told if one.refusal), None))

    def until(self, at: str | datetime) -> None:
        """Time goes on to `at`: the clocks speak, each at its own instants, in their order, and what follows from it follows."""
        end = moment(at)
        assert end >= self.now, f"time goes on; from {self.now} it does not go to {end}"
        while speaking := min(self._speaking(end), default=None):
            self.now = max(self.now, speaking[0])
            self._ask(
                Asked(self.together.clocks, speaking[1], TickClock(now=self.now, holdings=self.together.holdings(self.case)), DEADLINE)
            )
        self.now = end

    def _file(self, by: str, form: Filing) -> Told:
        pinned = in_force(self._newest_first(form.item), day_of(self.now))
        draft = draft_of(form, self.node, pinned, officer=by, at=self.now, calendar=self.calendar)
        serial = next(self._serials)
        self.case = case_number(self.node, day_of(self.now), serial)
        return self._ask(Asked(self.together.cases, self.case, draft(case=self.case, applicant=f"subj-{serial}"), by))

    def _newest_first(self, item_code: str) -> list[Version]:
        return [version for version in reversed(self.together.learned.versions) if version[1].item == item_code]

    def _publish(self, given: Mapping[str, Any]) -> None:
        """Registers the item and publishes its procedure. Raises `Refused`: nothing can be told of a procedure that is none."""
        form, items = ProcedureForm.model_validate(given), self.together.items
        named = ItemForm(item=form.item, name="取水许可", type_code="01", department="县水利局")
        stream = item.stream(form.item)
        register = RegisterItem(wording=wording_of(named, self.node, sound=False), by=EDITOR, at=self.now)
        self._ask(Asked(items, stream, register, EDITOR))
        publish = publishing_of(form, items.state(self.together.stream(items, stream)), EDITOR, self.now)
        refusal = self._ask(Asked(self.together.procedures, procedure.stream(form.item), publish, EDITOR)).refusal
        if refusal:
            raise refusal

    def _speaking(self, end: datetime) -> Iterator[tuple[datetime, str]]:
        """The clocks that have something to say by `end`, each with the instant of it."""
        for name in {fact.said.clock for fact in self.facts if fact.service == "deadline"}:
            state = self.together.clocks.state(self.together.stream(self.together.clocks, name))
            spoken = next(pending(state, self.calendar), None) if state else None
            if spoken and spoken.at <= end:
                yield spoken.at, name

    def _ask(self, asked: Asked) -> Told:
        """Puts a command, and then whatever those who hear of it ask for, until nothing more follows."""
        before, refusals, waiting = len(self.facts), len(self.refusals), deque([asked])
        while waiting:
            try:
                records = self.together.append(waiting.popleft())
            except Refused as no:
                self.refusals.append(no)
                continue
            for record in records:
                _, service, fact, _ = record.type.split(".")
                self.facts.append(ToldFact(service, fact, self.together.decoded(record)))
                waiting.extend(self.together.follows(record))
        refused = len(self.facts) == before and len(self.refusals) > refusals
        return Told(tuple(self.facts[before:]), self.refusals[refusals] if refused else None)

    # --- what is asked ----------------------------------------------------------------------------------------------------------------

    def clock(self, name: str) -> ToldClock:
        """A clock of the case, as it stands: `promised`, `step:1`. Raises `LookupError` where it was never started."""
        stream = self.together.stream(self.together.clocks, clock_of(self.case, name))
        events = [self.together.decoded(record) for record in stream]
        row = reduce(shown, events, None)
        if row is None:
            raise LookupError(f"{self.case} has no clock {name}")
        return ToldClock(row, tuple((rung_of(event)[0].value, event.at) for event in events if isinstance(event, get_args(RungEvent))))

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
        """The acts offered now, by the last parts of their paths."""
        return [PARTS[command] for command in possible(self._state, self.now, self.calendar)]

    @property
    def _state(self) -> Case:
        return self.together.cases.state(self.together.stream(self.together.cases, self.case))
