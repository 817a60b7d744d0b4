"""Another system's record, worked through as commands: each case's acts in their order, at their own time, each once (decision 0010)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from hashlib import sha256
from itertools import count
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from libs.decider import Refused
from libs.eventlog import Done
from libs.web import Account, Role, require
from services.intake import http_bodies as body
from services.intake.case_commands import Close, Command, Decide, File, FinishStep
from services.intake.case_limits import day_of
from services.intake.events import Instants, Outcome, Pinned
from services.intake.http_desk import Desk, Said
from services.intake.views import replayed

Pins = dict[tuple[str, date], Pinned]


def imports_router(desk: Desk) -> APIRouter:
    """Imports, which may be stopped anywhere and sent again, nothing being taken twice; and what became of a log's cases."""
    routes = APIRouter(prefix="/intake", tags=["intake"])
    operator = Depends(require(Role.SITE, Role.OPERATOR))

    @routes.post("/nodes/{node}/imports", response_model=body.Imported, name="Import")
    async def imports(node: body.Node, batch: body.Batch, account: Account = operator) -> Response:
        desk.hosted(node)
        work = Import(desk, node, batch, account.staff, await pins(desk, node, batch.cases))
        done = await work.run()
        last = max((one.position for one in done), key=lambda position: (position.epoch, position.sequence))
        repeated = sum(one.repeated for one in done)
        content = {"cases": len(batch.cases), "acts": len(done), "repeated": repeated, "position": last}
        return Response(msgspec.json.encode(content), media_type="application/json")

    @routes.get("/replay", dependencies=[operator])
    async def replay(log: Annotated[body.Word, Query()]) -> Response:
        return Response(msgspec.json.encode({"nodes": await replayed(desk.context.pool, log)}), media_type="application/json")

    return routes


async def pins(desk: Desk, node: str, cases: Iterable[body.ImportedCase]) -> Pins:
    """The procedure each case ran under, looked up once per item and day. Raises `Refused` before anything is written."""
    wanted = {(case.item, day_of(case.filed.at)): case for case in cases}
    return {key: await desk.pin(node, case.item, case.filed.at, imported=True) for key, case in wanted.items()}


class Import:
    """One batch: the cases side by side, the acts of each one after the other."""

    def __init__(self, desk: Desk, node: str, batch: body.Batch, actor: str, pinned: Pins) -> None:
        self._desk, self._node, self._batch, self._actor, self._pinned = desk, node, batch, actor, pinned

    async def run(self) -> list[Done]:
        """Raises the first refusal or fault, after every other case has come as far as it can."""
        results = await asyncio.gather(*(self._case(case) for case in self._batch.cases), return_exceptions=True)
        done: list[Done] = []
        for result in results:
            if isinstance(result, BaseException):
                raise result
            done.extend(result)
        return done

    async def _case(self, given: body.ImportedCase) -> list[Done]:
        keys = (f"import:{self._batch.log}:{given.ref}:{n}" for n in count())
        try:
            filed = self._said(next(keys), given.filed)
            number, done = await self._desk.file(self._node, given.filed.at, filed, self._filing(given))
            all_done = [done]
            for act, part in acts(number, given):
                all_done.append(await self._desk.put(act, self._said(next(keys), part)))
            return all_done
        except Refused as no:
            raise Refused(no.code, f"{given.ref}：{no.because}") from no

    def _said(self, key: str, given: BaseModel) -> Said:
        return Said(self._actor, key, sha256(given.model_dump_json().encode()).hexdigest())

    def _filing(self, given: body.ImportedCase) -> Callable[..., File]:
        filed = given.filed
        limited = filed.promised is not None or filed.statutory is not None
        return partial(
            File,
            node=self._node,
            pinned=self._pinned[given.item, day_of(filed.at)],
            channel=given.channel,
            materials=(),
            officer=filed.officer,
            at=filed.at,
            instants=Instants(timeline=self._batch.timeline, promised=filed.promised, statutory=filed.statutory) if limited else None,
            ref=given.ref,
            imported=True,
        )


def acts(case: str, given: body.ImportedCase) -> Iterator[tuple[Command, BaseModel]]:
    """What happened after filing, in the order of the record, each with the part of the record it was made from."""
    for step in given.steps:
        yield FinishStep(case=case, officer=step.officer, at=step.at, name=step.name, role=step.role, imported=True), step
    if (decided := given.decided) is not None:
        yield Decide(case=case, officer=decided.officer, at=decided.at, outcome=Outcome.NOT_STATED, document="", imported=True), decided
    if (closed := given.closed) is not None:
        yield Close(case=case, officer=closed.officer, at=closed.at, imported=True), closed
