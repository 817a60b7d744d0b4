"""Intake in a story: one case, worked on by the table of routes with the bodies of its requests, and what it hears of the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from libs.forms import Form, Unreadable
from libs.story import FILED_AT, ActDoor, Ask, Hearing, Part, Scene
from libs.wire import Recorded
from services.intake.case import Case
from services.intake.case.act import SYSTEM
from services.intake.case.applying import AGENT as AGENT_KIND
from services.intake.case.applying import KeptApplicant
from services.intake.case.days import day_of
from services.intake.case.filing import Version, in_force
from services.intake.case.heard import Heard, Learned, react
from services.intake.events import Applicant, ApplicantPart, CaseFiled, Channel
from services.intake.http import ROUTES, Route
from services.intake.http.acts import CaseSubject, command_of
from services.intake.http.filing import FILING, Filing, applicants_of, draft_of
from services.intake.http.numbering import case_number
from services.intake.inbox import READER
from services.intake.numbers import parts

SERIAL: Final = 1
APPLICANT: Final = Applicant(subject="subj-1")
AGENT: Final = Applicant(subject="subj-2", part=ApplicantPart.AGENT, of="subj-1")
"""Number and applicant of a story's case, and who acts for them: told again, they are the same."""


class CaseOfStory:
    """The case of a story, and the procedures known to it."""

    def __init__(self, scene: Scene, cases: CaseSubject) -> None:
        self.scene, self.cases = scene, cases
        self._learned: defaultdict[str, Learned] = defaultdict(Learned)

    def part(self) -> Part:
        """What intake does in a story."""
        acts = {part: ActDoor(route.act, route.form, partial(self._act, route)) for part, route in ROUTES.items()}
        filing = ActDoor(FILING.act, FILING.form, self._file)
        return Part(codec=self.cases.codec, acts={FILED_AT: filing, **acts}, hearing=Hearing(READER, self._hear), shows=self._shows)

    @property
    def case(self) -> str:
        """The number of the case; as long as there is none, the one that a filing would get now."""
        filed = self._filed
        return filed[-1].subject if filed else case_number(self.scene.node, day_of(self.scene.now), SERIAL)

    @property
    def state(self) -> Case:
        """What the rules remember of the case."""
        return self.scene.state(self.cases, self.scene.node, self.case)

    @property
    def _filed(self) -> Sequence[Recorded]:
        return self.scene.records(self.cases.codec, CaseFiled)

    def versions(self, item: str) -> list[Version]:
        """The versions of an item's procedure known along the line of the node: nearest node first, newest first."""
        known = [
            sorted(self._learned[node].versions, key=lambda version: (version[0], version[1].procedure_version), reverse=True)
            for node in self.scene.site.line(self.scene.node)
        ]
        return [version for versions in known for version in versions if version[1].item == item]

    def _file(self, form: Filing, by: str) -> Ask:
        if self._filed:
            raise Unreadable("一个故事只讲一个办件，它已经收件")
        now, node = self.scene.now, self.scene.node
        case, applicants = self.case, applicants_of(form) or by_channel(form.channel)
        pinned = in_force(self.versions(form.item), day_of(now))
        draft = draft_of(form, node, pinned, officer=by, grants=self.scene.grants(by), at=now, calendar=self.scene.calendar)
        return Ask(node, self.cases, case, draft(case=case, applicants=applicants, known=kept(applicants)), by)

    def _act(self, route: Route, form: Form | None, by: str) -> Ask:
        scene = self.scene
        grants, calendar = scene.grants(by), scene.calendar
        command = command_of(route, form, scene.around, case=self.case, officer=by, grants=grants, at=scene.now, calendar=calendar)
        return Ask(scene.node, self.cases, self.case, command, by)

    def _hear(self, fact: Heard, record: Recorded) -> Iterator[Ask]:
        self._learned[record.node], commands = react(self.scene.calendar, self._learned[record.node], fact, record.name)
        yield from (Ask(parts(stream)[0], self.cases, stream, command, SYSTEM) for stream, command in commands)

    def _shows(self) -> Mapping[str, Any]:
        return {"phase": self.state.phase.value if self._filed else None}


def by_channel(channel: Channel) -> tuple[Applicant, ...]:
    """Who applies where a story does not say it: a person, and through an agent also who acts for them."""
    return (APPLICANT, AGENT) if channel is Channel.AGENT else (APPLICANT,)


def kept(applicants: Sequence[Applicant]) -> tuple[KeptApplicant, ...]:
    """What the vault would say of them: a story has none, and keeps whoever it names."""
    return tuple(KeptApplicant(subject=one.subject, kind=AGENT_KIND if one.of else "person", whose=one.of) for one in applicants)
