"""Queries of what stands in the catalogue of a node: items by word and page, one item, the procedures in force on a day."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response
from pydantic import BaseModel

from libs.forms import Day
from libs.host import Context
from libs.web import Epoch, NodePath, PageSize, SequenceQuery, answer, hosted, require, row_answer
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
    anybody = [Depends(require("catalogue.read-items"))]

    async def reached(node: NodePath, epoch: Epoch = 1, sequence: SequenceQuery = 0) -> bool:
        position = Position(origin(hosted(context.site, node), "catalogue"), epoch, sequence, "")
        return not sequence or await context.current(views.CATALOGUE, position)

    is_current = Depends(reached)

    @routes.get("/nodes/{node}/items", response_model=Items, dependencies=anybody)
    async def items(node: NodePath, q: Sought = "", after: Sought = "", limit: PageSize = 50, current: bool = is_current) -> Response:
        return _page("items", await views.items(context.pool, node, q, after, limit), limit, current)

    @routes.get("/nodes/{node}/procedures", response_model=Procedures, dependencies=anybody)
    async def procedures(
        node: NodePath, on: Day | None = None, after: Sought = "", limit: PageSize = 50, current: bool = is_current
    ) -> Response:
        day = on or context.now().astimezone(CHINA).date()
        return _page("procedures", await views.in_force(context.pool, node, day, after, limit), limit, current)

    @routes.get("/nodes/{node}/counts", response_model=Counts, dependencies=anybody)
    async def counts(node: NodePath, current: bool = is_current) -> Response:
        return answer(await views.counts(context.pool, node), current=current)

    @routes.get("/nodes/{node}/items/{item:path}", response_model=ItemWithProcedures, dependencies=anybody)
    async def one(node: NodePath, item: ItemPath, current: bool = is_current) -> Response:
        found = await views.item(context.pool, node, item)
        if found is None:
            raise HTTPException(404)
        return answer(found, current=current)


def _page(name: str, rows: list[dict[str, Any]], limit: int, current: bool) -> Response:
    return answer({name: rows, "next": rows[-1]["item"] if len(rows) == limit else None}, current=current)
