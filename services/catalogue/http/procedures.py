"""The route by which an editor publishes a procedure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Response
from pydantic import Field

from libs.authority import Grants
from libs.contracts import regime, regimes
from libs.eventlog import Subject
from libs.forms import Day, Form, LongText, Title, Visible
from libs.host import Context
from libs.web import CommandRoute, Envelope, WrittenAnswer, add_commands, done_answer, hosted
from libs.workdays import CHINA
from services.catalogue import item
from services.catalogue.events import (
    CaseKind,
    DeliveryWay,
    Department,
    ForeseenStop,
    ForeseenStopper,
    Material,
    ProcedurePublished,
    ProcedureStepRole,
    Remedies,
    SpecialLaw,
    Step,
)
from services.catalogue.http.agency import agency_fault
from services.catalogue.http.items import Code, ItemStreams
from services.catalogue.procedure import State, stream
from services.catalogue.procedure.publishing import PublishProcedure

ProcedureStreams = Subject[PublishProcedure, State, ProcedurePublished]
LimitDays = Annotated[int, Field(ge=0, le=400)]
_NESTED: Final = {"steps", "special", "department", "materials", "suspensions", "remedies"}


class StepForm(Form):
    """One step of a procedure, as an editor enters it."""

    name: Title
    post: Title
    role: ProcedureStepRole = ProcedureStepRole.WORK
    limit_days: LimitDays | None = None
    two_officers: bool = False


class SpecialForm(Form):
    """The laws that set a limit of their own, cited limit by limit. A blank citation is none."""

    statutory_days: LongText = ""
    extension_days: LongText = ""


class DepartmentForm(Form):
    """The department that decides."""

    uscc: Annotated[str, Field(max_length=18, pattern=r"^[^\x00-\x1f\x7f]*$"), Visible]
    name: Title


class MaterialForm(Form):
    """One material of the list."""

    name: Title
    copies: Annotated[int, Field(ge=1, le=99)] = 1
    original: bool = False


class ForeseenStopForm(Form):
    """A procedure of Art. 45 that may stop the clocks."""

    reason: ForeseenStopper
    approver_post: Title
    cap_days: Annotated[int, Field(ge=1, le=3650)]


class RemediesForm(Form):
    """Where and until when a refusal can be contested."""

    reconsider_at: Title
    reconsider_days: Annotated[int, Field(ge=1, le=365)]
    sue_at: Title
    sue_months: Annotated[int, Field(ge=1, le=24)]
    basis: Annotated[LongText, Field(min_length=1)]


class ProcedureForm(Form):
    """A procedure to be published; limits in working days. Without `effective` it is in force from today; without `extension_days` the limit
    is extended as far as the law of the regime allows.
    """

    item: Code
    regime: Title = "licence"
    kind: CaseKind
    statutory_days: LimitDays
    promised_days: LimitDays
    delivery_days: LimitDays = 10
    extension_days: LimitDays | None = None
    extension_moves_promise: bool = False
    correction_days: LimitDays = 5
    steps: Annotated[tuple[StepForm, ...], Field(max_length=60)]
    basis: LongText
    special: SpecialForm = SpecialForm()
    department: DepartmentForm | None = None
    materials: Annotated[tuple[MaterialForm, ...], Field(max_length=50)] = ()
    pay_before_delivery: bool = False
    suspensions: Annotated[tuple[ForeseenStopForm, ...], Field(max_length=8)] = ()
    delivery: Annotated[tuple[DeliveryWay, ...], Field(min_length=1, max_length=3)] = tuple(DeliveryWay)
    remedies: RemediesForm | None = None
    effective: Day | None = None


class ProcedureAnswer(WrittenAnswer):
    """The procedure as it stands; `version` is the number of its latest version."""

    item: str


def add_procedures(routes: APIRouter, context: Context, items: ItemStreams, procedures: ProcedureStreams) -> None:
    """Adds the route for a new version of an item's procedure."""

    async def procedure(by: Envelope, node: str, form: ProcedureForm) -> Response:
        log = context.logs.of(hosted(context.site, node))
        known = items.state(await log.stream(item.stream(form.item)))
        command = command_of(form, known, node, by.actor, by.account.grants, context.now())
        return done_answer(await log.append(procedures.intent(stream(form.item), command, **by.said)), 201, item=form.item)

    row = CommandRoute(
        path="/nodes/{node}/procedures",
        name="procedure",
        act="catalogue.publish-procedure",
        does=procedure,
        form=ProcedureForm,
        status=201,
        answers=ProcedureAnswer,
    )
    add_commands(routes, [row])


def command_of(form: ProcedureForm, known: item.State, node: str, by: str, grants: Grants, at: datetime) -> PublishProcedure:
    """The command that a form asks for, of an item as far as it is known: under another form of its code it is not."""
    today: date = at.astimezone(CHINA).date()
    effective = form.effective or today
    law = regime(form.regime, effective) if form.regime in regimes() else None
    longest = law.extension if law else 0
    return PublishProcedure(
        **form.model_dump(exclude=_NESTED | {"effective", "extension_days"}),
        name=known.name if known else "",
        registered=known is not None and known.item == form.item,
        extension_days=longest if form.extension_days is None else form.extension_days,
        special=SpecialLaw(**form.special.model_dump()),
        steps=tuple(Step(**step.model_dump()) for step in form.steps),
        department=Department(**form.department.model_dump()) if form.department else None,
        materials=tuple(Material(**material.model_dump()) for material in form.materials),
        suspensions=tuple(ForeseenStop(**stop.model_dump()) for stop in form.suspensions),
        law=law,
        department_valid=form.department is None or agency_fault(form.department.uscc) is None,
        remedies=Remedies(**form.remedies.model_dump()) if form.remedies else None,
        effective=effective,
        today=today,
        node=node,
        grants=grants,
        by=by,
        at=at,
    )
