"""The catalogue's door: a list of items as a file, a single item, a procedure; and what stands in it."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Body, Depends, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from libs.eventlog import Act, Codec, Done, Subject
from libs.host import Context
from libs.paper import BadTable
from libs.web import CHINA, Account, IdempotencyKey, IfMatch, Role, etag, require
from libs.wire import Position, origin
from services.catalogue import views
from services.catalogue.events import ItemChanged, ItemRegistered, ItemsImported, Kind, ProcedurePublished, Step
from services.catalogue.events import Role as StepRole
from services.catalogue.inbox import ItemList, agency_fault, read_items
from services.catalogue.item import ITEM, EndImport, RegisterItem
from services.catalogue.procedure import PROCEDURE, PublishProcedure

CODEC: Final = Codec("catalogue", [ItemRegistered, ItemChanged, ItemsImported, ProcedurePublished])
ITEMS: Final = Subject(ITEM, CODEC)
PROCEDURES: Final = Subject(PROCEDURE, CODEC)
TOGETHER: Final = 400
"""Rows of an import that are under way at once."""

Editor = Annotated[Account, Depends(require(Role.EDITOR))]
Reader = [Depends(require())]
Node = Annotated[str, Path(pattern=r"^(\d{6}|\d{9}|\d{12})$")]
Code = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\s\x00-\x1f\x7f]+$")]
Words = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]
Text = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Days = Annotated[int, Field(ge=0, le=400)]
Sought = Annotated[str, Query(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
ItemPath = Annotated[str, Path(max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]
Limit = Annotated[int, Query(ge=1, le=500)]
Epoch = Annotated[int, Query(ge=1, le=2**31 - 1)]
Number = Annotated[int, Query(ge=0, le=2**62)]
"""The position a caller has from a command: the answer waits for it, 2 s at most."""


class Form(BaseModel):
    """A request's body: what is not asked for is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ItemForm(Form):
    """One item."""

    item: Code
    name: Words
    type_code: Annotated[str, Field(pattern=r"^\d{2}$")]
    department: Words
    agency: Annotated[str, Field(max_length=40, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class StepForm(Form):
    """One step of a procedure."""

    name: Words
    post: Words
    role: StepRole = StepRole.WORK
    limit_days: Days | None = None
    two_officers: bool = False


class ProcedureForm(Form):
    """A procedure to be published; limits in working days."""

    item: Code
    regime: Words = "licence"
    kind: Kind
    statutory_days: Days
    promised_days: Days
    delivery_days: Days = 10
    extension_days: Days = 10
    extension_moves_promise: bool = False
    correction_days: Days = 5
    steps: Annotated[tuple[StepForm, ...], Field(max_length=60)]
    basis: Text
    special_law: Text = ""
    effective: date | None = None


def answer(content: Any, status: int = 200, version: int | None = None, *, current: bool | None = None) -> Response:
    """JSON, with the version as entity tag, and whether a view had reached what the caller asked for."""
    headers = {} if version is None else {"ETag": etag(version)}
    headers |= {} if current is None else {"X-Current": "yes" if current else "no"}
    return Response(msgspec.json.encode(content), status, headers, "application/json")


def _done(done: Done, **more: Any) -> Response:
    return answer({**more, "position": done.position, "version": done.version}, 201, done.version)


async def digest_of(request: Request) -> str:
    """Names a request's content: the same key with another digest is refused."""
    return hashlib.sha256(f"{request.method} {request.url.path}\n".encode() + await request.body()).hexdigest()


Digest = Annotated[str, Depends(digest_of)]


def router(context: Context) -> APIRouter:
    """`/catalogue/…`"""
    routes = APIRouter(prefix="/catalogue", tags=["catalogue"])
    _writing(routes, context)
    _reading(routes, context)
    return routes


def _hosted(context: Context, node: str) -> str:
    try:
        return context.site.node(node).code
    except KeyError:
        raise HTTPException(404) from None


def _writing(routes: APIRouter, context: Context) -> None:
    @routes.post("/nodes/{node}/imports")
    async def imports(
        node: Node,
        account: Editor,
        name: Sought = "",
        data: Annotated[bytes, Body(media_type="application/octet-stream")] = b"",
    ) -> Response:
        _hosted(context, node)
        try:
            found = await asyncio.to_thread(read_items, data, account.staff, context.now())
        except BadTable as bad:
            problem = {
                "type": f"/problems/{bad.code}",
                "title": bad.because,
                "status": 422,
                "code": bad.code,
                "row": bad.row,
                "column": bad.column,
            }
            return Response(msgspec.json.encode(problem), 422, media_type="application/problem+json")
        return answer(await land(context, node, name, found, account.staff, context.now()))

    _single(routes, context)


def _single(routes: APIRouter, context: Context) -> None:
    @routes.post("/nodes/{node}/items", status_code=201)
    async def item(node: Node, form: ItemForm, account: Editor, key: IdempotencyKey, digest: Digest, if_match: IfMatch = None) -> Response:
        fault = agency_fault(form.agency)
        command = RegisterItem(
            item=form.item,
            name=form.name,
            type_code=form.type_code,
            department=form.department,
            base_code=form.item,
            area=node,
            agency="" if fault else form.agency,
            agency_given=form.agency,
            by=account.staff,
            at=context.now(),
        )
        log = context.logs.of(_hosted(context, node))
        act = ITEMS.act(f"item:{form.item}", command, actor=account.staff, key=key, digest=digest, expected=if_match)
        return _done(await log.append(act), item=form.item, agency_set_aside=fault if form.agency else None)

    @routes.post("/nodes/{node}/procedures", status_code=201)
    async def procedure(
        node: Node, form: ProcedureForm, account: Editor, key: IdempotencyKey, digest: Digest, if_match: IfMatch = None
    ) -> Response:
        log = context.logs.of(_hosted(context, node))
        known = ITEMS.state(await log.stream(f"item:{form.item}"))
        command = _publish(form, known.name if known else "", account.staff, context.now(), registered=known is not None)
        act = PROCEDURES.act(f"procedure:{form.item}", command, actor=account.staff, key=key, digest=digest, expected=if_match)
        return _done(await log.append(act), item=form.item)


def _publish(form: ProcedureForm, name: str, by: str, at: datetime, *, registered: bool) -> PublishProcedure:
    today = at.astimezone(CHINA).date()
    given = form.model_dump(exclude={"steps", "effective"})
    steps = tuple(Step(**step.model_dump()) for step in form.steps)
    return PublishProcedure(
        **given, name=name, registered=registered, steps=steps, effective=form.effective or today, today=today, by=by, at=at
    )


async def land(context: Context, node: str, name: str, found: ItemList, by: str, at: datetime) -> dict[str, Any]:
    """Appends every row that landed, many at once; the run can be repeated, and repeats nothing that is so already."""
    log = context.logs.of(node)
    correlation = f"import:{found.digest[:16]}"
    outcomes: Counter[str] = Counter()

    def act(command: RegisterItem) -> Act:
        return ITEMS.act(f"item:{command.item}", command, actor=by, correlation=correlation)

    for start in range(0, len(found.commands), TOGETHER):
        done = await asyncio.gather(*(log.append(act(command)) for command in found.commands[start : start + TOGETHER]))
        for one in done:
            outcomes["changed" if one.version > 1 else "landed"] += one.written
    return await _ended(context, node, name, found, outcomes, by, at)


async def _ended(context: Context, node: str, name: str, found: ItemList, outcomes: Counter[str], by: str, at: datetime) -> dict[str, Any]:
    events = outcomes["landed"] + outcomes["changed"]
    command = EndImport(
        file_digest=found.digest,
        file_name=name,
        rows=found.rows,
        landed=len(found.commands),
        unchanged=len(found.commands) - events,
        set_aside_rows=len(found.set_aside),
        set_aside_agencies=len(found.agencies),
        by=by,
        at=at,
    )
    done = await context.logs.of(node).append(ITEMS.act(f"import:{found.digest}", command, actor=by))
    return {
        "rows": found.rows,
        "landed": len(found.commands),
        "new": outcomes["landed"],
        "changed": outcomes["changed"],
        "unchanged": command.unchanged,
        "set_aside": [asdict(row) for row in found.set_aside],
        "agencies_set_aside": [asdict(row) for row in found.agencies],
        "note": found.note,
        "position": done.position,
    }


def _reading(routes: APIRouter, context: Context) -> None:
    async def reached(node: str, epoch: int, sequence: int) -> bool:
        position = Position(origin(_hosted(context, node), "catalogue"), epoch, sequence, "")
        return not sequence or await context.current(views.CATALOGUE, position)

    @routes.get("/nodes/{node}/items", dependencies=Reader)
    async def items(node: Node, q: Sought = "", after: Sought = "", limit: Limit = 50, epoch: Epoch = 1, sequence: Number = 0) -> Response:
        current = await reached(node, epoch, sequence)
        return _page("items", await views.items(context.pool, node, q, after, limit), limit, current)

    @routes.get("/nodes/{node}/procedures", dependencies=Reader)
    async def procedures(
        node: Node, on: date | None = None, after: Sought = "", limit: Limit = 50, epoch: Epoch = 1, sequence: Number = 0
    ) -> Response:
        current = await reached(node, epoch, sequence)
        day = on or context.now().astimezone(CHINA).date()
        return _page("procedures", await views.in_force(context.pool, node, day, after, limit), limit, current)

    @routes.get("/nodes/{node}/counts", dependencies=Reader)
    async def counts(node: Node, epoch: Epoch = 1, sequence: Number = 0) -> Response:
        current = await reached(node, epoch, sequence)
        return answer(await views.counts(context.pool, node), current=current)

    @routes.get("/nodes/{node}/items/{item:path}", dependencies=Reader)
    async def one(node: Node, item: ItemPath, epoch: Epoch = 1, sequence: Number = 0) -> Response:
        current = await reached(node, epoch, sequence)
        found = await views.item(context.pool, node, item)
        if found is None:
            raise HTTPException(404)
        return answer(found, current=current)


def _page(name: str, rows: list[dict[str, Any]], limit: int, current: bool) -> Response:
    return answer({name: rows, "next": rows[-1]["item"] if len(rows) == limit else None}, current=current)
