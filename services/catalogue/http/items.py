"""The route by which an editor registers one item."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from libs.authority import Grants
from libs.eventlog import Subject
from libs.forms import Form, Title, Visible
from libs.host import Context
from libs.web import CommandRoute, Envelope, WrittenAnswer, add_commands, done_answer, hosted
from services.catalogue.http.agency import agency_fault
from services.catalogue.item import Event, RegisterItem, State, Wording, stream

ItemStreams = Subject[RegisterItem, State, Event]
Code = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\s\x00-\x1f\x7f]+$"), Visible]
"""The code of an item: the lists published have long ones."""


class ItemForm(Form):
    """One item as an editor enters it."""

    item: Code
    name: Title
    type_code: Annotated[str, Field(pattern=r"^\d{2}$")]
    department: Title
    agency: Annotated[str, Field(max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$"), Visible] = ""


class ItemAnswer(WrittenAnswer):
    """The item as it stands, and what was wrong with the code of its agency, which then is not kept."""

    item: str
    agency_set_aside: str | None


def add_items(routes: APIRouter, context: Context, items: ItemStreams) -> None:
    """Adds the route for one item entered by hand."""

    async def item(by: Envelope, node: str, form: ItemForm) -> Response:
        fault = agency_fault(form.agency)
        log = context.logs.of(hosted(context.site, node))
        command = registering_of(form, node, by.actor, by.account.grants, context.now())
        done = await log.append(items.intent(stream(form.item), command, **by.said))
        return done_answer(done, 201, item=form.item, agency_set_aside=fault if form.agency else None)

    act = "catalogue.register-item"
    row = CommandRoute(path="/nodes/{node}/items", name="item", act=act, does=item, form=ItemForm, status=201, answers=ItemAnswer)
    add_commands(routes, [row])


def registering_of(form: ItemForm, node: str, by: str, grants: Grants, at: datetime) -> RegisterItem:
    """The command that a form asks for. An item entered by hand is its own base item, at the node that enters it."""
    return RegisterItem(wording=_wording(form, node), node=node, by=by, grants=grants, at=at)


def _wording(form: ItemForm, node: str) -> Wording:
    agency = form.agency if agency_fault(form.agency) is None else ""
    return Wording(**form.model_dump(exclude={"agency"}), base_code=form.item, area=node, agency=agency, agency_given=form.agency)
