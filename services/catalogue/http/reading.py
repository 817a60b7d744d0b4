"""Queries of what stands in the catalogue of a node: items by word and page, one item, the procedures in force on a day."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response
from pydantic import BaseModel

from libs.forms import Day
from libs.host import Context
from libs.web import Account, Epoch, NodePath, PageSize, SequenceQuery, answer, hosted, require, row_answer
from libs.wire import Position, origin
from libs.workdays import CHINA
from services.catalogue import views

Sought = Annotated[str, Query(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")]
ItemPath = Annotated[str, Path(max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$")]


Item = row_answer("Item", views.ShownItem)
ItemWithProcedures = row_answer("ItemWithProcedures", views.ShownItem, procedures=list[dict[str, Any]])
InForce = row_answer(
    "InForce", views.ShownProcedure, without=("node", "statutory_days", "promised_days", "document"), document=dict[str, Any]
)


Anybody = Annotated[Account, Depends(require("catalogue.read-items"))]


class Items(BaseModel):
    """A page of a node's items; `next` goes on behind its last."""

    items: list[Item]  # type: ignore[valid-type]
    next: str | None


class Procedures(BaseModel):
    """A page of the procedures in force; `next` goes on behind its last."""

    procedures: list[InForce]  # type: ignore[valid-type]
    next: str | None


class Counts(BaseModel):
    """How many items a node has, and how many of them have an agency."""

    items: int
    with_agency: int


def add_reading(routes: APIRouter, context: Context) -> None:
    """Adds queries, for whoever has an account; each waits for the position the caller has from a command."""

    async def reached(node: NodePath, epoch: Epoch = 1, sequence: SequenceQuery = 0) -> bool:
        position = Position(origin(hosted(context.site, node), "catalogue"), epoch, sequence, "")
        return not sequence or await context.current(views.CATALOGUE, position)

    is_current = Depends(reached)

    @routes.get("/nodes/{node}/items", response_model=Items)
    async def items(
        node: NodePath, account: Anybody, q: Sought = "", after: Sought = "", limit: PageSize = 50, current: bool = is_current
    ) -> Response:
        async with context.reading(account) as rows:
            return _page("items", await views.items(rows, node, q, after, limit), limit, current)

    @routes.get("/nodes/{node}/procedures", response_model=Procedures)
    async def procedures(
        node: NodePath, account: Anybody, on: Day | None = None, after: Sought = "", limit: PageSize = 50, current: bool = is_current
    ) -> Response:
        day = on or context.now().astimezone(CHINA).date()
        async with context.reading(account) as rows:
            return _page("procedures", await views.in_force(rows, node, day, after, limit), limit, current)

    @routes.get("/nodes/{node}/counts", response_model=Counts)
    async def counts(node: NodePath, account: Anybody, current: bool = is_current) -> Response:
        async with context.reading(account) as rows:
            return answer(await views.counts(rows, node), current=current)

    @routes.get("/nodes/{node}/items/{item:path}", response_model=ItemWithProcedures)
    async def one(node: NodePath, item: ItemPath, account: Anybody, current: bool = is_current) -> Response:
        async with context.reading(account) as rows:
            found = await views.item(rows, node, item)
        if found is None:
            raise HTTPException(404)
        return answer(found, current=current)


def _page(name: str, rows: list[dict[str, Any]], limit: int, current: bool) -> Response:
    return answer({name: rows, "next": rows[-1]["item"] if len(rows) == limit else None}, current=current)
