"""An item list comes as a file: it is read and sifted whole, then every row that lands is appended. A run that broke off is run again."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Final, NamedTuple

import msgspec
from fastapi import APIRouter, Body, Depends, Query, Response
from pydantic import BaseModel

from libs.authority import Grants
from libs.decider import Refused
from libs.eventlog import Done, Intent, Subject
from libs.forms import Visible
from libs.host import Context
from libs.paper import BadTable
from libs.web import REFUSES, Account, MaxBody, NodePath, PositionAnswer, answer, hosted, require, row_answer
from services.catalogue.events import ItemsImported
from services.catalogue.http.item_list import ItemList, read_items
from services.catalogue.http.items import ItemStreams
from services.catalogue.item import RegisterItem, Wording, importing, stream
from services.catalogue.item.importing import EndImport
from services.catalogue.item.rows import SHOWN, SetAside

ImportStreams = Subject[EndImport, None, ItemsImported]
TOGETHER: Final = 400
"""Rows of an import that are under way at once."""
MAX_LIST: Final = 32 * 1024 * 1024
"""Bytes of a list of items."""
FileName = Annotated[str, Query(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$"), Visible]
Content = Annotated[bytes, Body(media_type="application/octet-stream")]


SetAsideRow = row_answer("SetAsideRow", SetAside)


class ImportReport(BaseModel):
    """What became of every row of a file."""

    rows: int
    landed: int
    new: int
    changed: int
    unchanged: int
    set_aside: list[SetAsideRow]  # type: ignore[valid-type]
    agencies_set_aside: list[SetAsideRow]  # type: ignore[valid-type]
    notes: list[str]
    position: PositionAnswer


class Run(NamedTuple):
    """One import under way: by whom, when, from which file, at which node."""

    node: str
    name: str
    found: ItemList
    by: str
    grants: Grants
    at: datetime


class Outcomes(NamedTuple):
    """How many rows were `new`, `changed` and `unchanged`, and those that what stands in the catalogue keeps from landing."""

    counts: Counter[str]
    set_aside: list[SetAside]


def add_imports(routes: APIRouter, context: Context, items: ItemStreams, imports: ImportStreams) -> None:
    """Adds the route for many items at once. It takes no idempotency key: an item that stands so already is not written again."""
    editor = Depends(require(importing.IMPORT_ITEMS))

    @routes.post("/nodes/{node}/imports", response_model=ImportReport, responses=REFUSES, dependencies=[Depends(MaxBody(MAX_LIST))])
    async def land(node: NodePath, name: FileName = "", data: Content = b"", account: Account = editor) -> Response:
        hosted(context.site, node)
        importing.may_import(name)
        try:
            found = await asyncio.to_thread(read_items, data)
        except BadTable as bad:
            return _not_read(bad)
        run = Run(node, name, found, account.staff, account.grants, context.now())
        outcomes = await _landed(context, items, run)
        return await _ended(context, imports, run, outcomes)


def _not_read(bad: BadTable) -> Response:
    problem = {"type": f"/problems/{bad.code}", "title": bad.because, "status": 422, "code": bad.code, "row": bad.row, "column": bad.column}
    return Response(msgspec.json.encode(problem), 422, media_type="application/problem+json")


async def _landed(context: Context, items: ItemStreams, run: Run) -> Outcomes:
    """Appends every row that lands, many at once."""
    log, outcomes = context.logs.of(run.node), Outcomes(Counter(), [])
    landed = run.found.sifted.landed
    for start in range(0, len(landed), TOGETHER):
        some = landed[start : start + TOGETHER]
        done = await log.append_all([_row(items, wording, run) for wording in some])
        for wording, one in zip(some, done, strict=True):
            _count(run, outcomes, wording, one)
    return outcomes


def _row(items: ItemStreams, wording: Wording, run: Run) -> Intent:
    command = RegisterItem(wording=wording, node=run.node, by=run.by, grants=run.grants, act=importing.IMPORT_ITEMS, at=run.at)
    return items.intent(stream(wording.item), command, actor=run.by, correlation=f"import:{run.found.digest[:16]}")


def _count(run: Run, outcomes: Outcomes, wording: Wording, done: Done | Exception) -> None:
    """A refusal sets the row aside with its sentence; anything else that went wrong ends the run."""
    match done:
        case Refused():
            row = SetAside(
                row=run.found.numbers[wording.item], column=run.found.code_column, value=wording.item[:SHOWN], reason=done.because
            )
            outcomes.set_aside.append(row)
        case Exception():
            raise done
        case _:
            outcomes.counts[_outcome(done)] += 1


def _outcome(done: Done) -> str:
    if not done.events:
        return "unchanged"
    return "changed" if done.version > 1 else "new"


async def _ended(context: Context, imports: ImportStreams, run: Run, outcomes: Outcomes) -> Response:
    """Appends the fact that the run ended; the answer tells what became of every row that did not land."""
    found, sifted, counts = run.found, run.found.sifted, outcomes.counts
    aside = sorted((*sifted.set_aside, *outcomes.set_aside), key=lambda row: row.row)
    landed = len(sifted.landed) - len(outcomes.set_aside)
    kept_out = {row.row for row in outcomes.set_aside}
    agencies = [row for row in sifted.agencies if row.row not in kept_out]
    command = EndImport(
        file_digest=found.digest,
        file_name=run.name,
        rows=found.rows,
        landed=landed,
        unchanged=counts["unchanged"],
        set_aside_rows=len(aside),
        set_aside_agencies=len(agencies),
        node=run.node,
        grants=run.grants,
        by=run.by,
        at=run.at,
    )
    done = await context.logs.of(run.node).append(imports.intent(importing.stream(found.digest), command, actor=run.by))
    told: dict[str, Any] = {
        "rows": found.rows,
        "landed": landed,
        **{word: counts[word] for word in ("new", "changed", "unchanged")},
        "set_aside": [asdict(row) for row in aside],
        "agencies_set_aside": [asdict(row) for row in agencies],
        "notes": found.notes,
    }
    return answer({**told, "position": done.position})
