"""An act on a case over HTTP: a route is data, one handler serves them all. Which act stands where: http/__init__.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from fastapi import APIRouter, Response

from libs.authority import Grants
from libs.eventlog import Done, Subject
from libs.forms import Form
from libs.host import Around, Context
from libs.telemetry import current_traceparent
from libs.web import CommandRoute, Envelope, WrittenAnswer, add_commands, done_answer, hosted, node_of_case
from libs.workdays import Calendar
from services.intake.case import NAMES, Case, Command
from services.intake.events import CaseEvent

CaseSubject = Subject[Command, Case, CaseEvent]


class Route(NamedTuple):
    """Which command a path asks for, and with which form; None: the command says nothing beyond case, officer and time.

    `known` says what is known here, at the door, of what the form says: further fields of the command, or its own types of the form's.
    """

    command: type[Any]
    form: type[Form] | None = None
    known: Callable[[Around, Any], Mapping[str, Any]] | None = None

    @property
    def act(self) -> str:
        """What somebody must be allowed to do who asks for it."""
        return NAMES[self.command]


Routes = Mapping[str, Route]
"""The last part of the path → its route."""


class Answer(WrittenAnswer):
    """The answer to an act on a case, by its number."""

    case: str


class Putting:
    """Puts commands to the cases of this site's nodes."""

    def __init__(self, context: Context, cases: CaseSubject, calendar: Calendar) -> None:
        self.context, self.cases, self.calendar = context, cases, calendar

    async def put(self, command: Command, by: Envelope) -> Done:
        """Has the command decided, and its facts written. Raises `Refused` or `LogError`."""
        intent = self.cases.intent(command.case, command, **by.said, traceparent=current_traceparent())
        return await self.context.logs.of(hosted(self.context.site, node_of_case(command.case))).append(intent)

    async def ask(self, route: Route, case: str, by: Envelope, form: Form | None = None) -> Response:
        """Puts the command of a route, done here and now, and answers the request."""
        around, now = self.context.around, self.context.now()
        grants = by.account.grants
        command = command_of(route, form, around, case=case, officer=by.actor, grants=grants, at=now, calendar=self.calendar)
        return done_answer(await self.put(command, by), case=case)


def command_of(
    route: Route, form: Form | None, around: Around, *, case: str, officer: str, grants: Grants, at: datetime, calendar: Calendar
) -> Command:
    """The command that a route asks for with this form, and with what is known here of it."""
    said = form.model_dump() if form else {}
    known = route.known(around, form) if route.known else {}
    command: Command = route.command(case=case, officer=officer, grants=grants, at=at, calendar=calendar, **{**said, **known})
    return command


def add_acts(router: APIRouter, routes: Routes, putting: Putting) -> None:
    """Adds `POST …/cases/{case}/<part>` for every part of `routes`."""
    add_commands(router, (_row(part, route, putting) for part, route in routes.items()))


def _row(part: str, route: Route, putting: Putting) -> CommandRoute:
    async def does(by: Envelope, case: str, form: Form | None) -> Response:
        return await putting.ask(route, case, by, form)

    name = route.command.__name__
    return CommandRoute(path=f"/cases/{{case}}/{part}", name=name, act=route.act, does=does, form=route.form, answers=Answer)
