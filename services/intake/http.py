"""The door to intake: a request becomes a command, a query reads the view. One route, one command; no rule stands here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from libs.eventlog import Done
from libs.web import Account, IdempotencyKey, IfMatch, NotAllowed, Role, etag, require
from libs.wire import Position, origin
from services.intake import http_bodies as body
from services.intake import views
from services.intake.case_commands import (
    Accept,
    Approve,
    Close,
    Command,
    Decide,
    Deliver,
    Examine,
    ExtendLimit,
    File,
    FinishStep,
    RefuseAcceptance,
    RequestCorrections,
    ResumeClocks,
    ReturnCorrections,
    StartStep,
    SuspendClocks,
    Withdraw,
)
from services.intake.case_state import Phase
from services.intake.case_turns import possible
from services.intake.http_desk import Desk, Said
from services.intake.numbers import parts

ACTS: Final[Mapping[type[Command], str]] = {
    Accept: "acceptance",
    RefuseAcceptance: "refusal-to-accept",
    RequestCorrections: "corrections-notice",
    ReturnCorrections: "corrections-return",
    StartStep: "steps/start",
    FinishStep: "steps/done",
    SuspendClocks: "suspension",
    ResumeClocks: "resumption",
    ExtendLimit: "extension",
    Examine: "examination",
    Approve: "approval",
    Decide: "decision",
    Deliver: "delivery",
    Withdraw: "withdrawal",
    Close: "close",
}
"""The last part of each command's path."""


async def digest_of(request: Request) -> str:
    """Names a request's content: the same key with another digest is refused."""
    return sha256(f"{request.method} {request.url.path}\n".encode() + await request.body()).hexdigest()


Digest = Annotated[str, Depends(digest_of)]


class Asked:
    """An act on one case as it came in: which case, by whom, when; `put` carries it out."""

    def __init__(self, desk: Desk, case: str, said: Said) -> None:
        self._desk, self._said = desk, said
        self.case, self.officer, self.at, self.calendar = case, said.actor, desk.context.now(), desk.calendar

    async def put(self, command: Command) -> Response:
        return answer(self.case, await self._desk.put(command, self._said))


def asking(desk: Desk, *roles: Role) -> Callable[..., Awaitable[Asked]]:
    """A dependency: somebody with one of `roles` at the case's node asks for an act on it."""
    who = Depends(require(*roles))

    async def asked(case: body.Number, digest: Digest, key: IdempotencyKey, account: Account = who, if_match: IfMatch = None) -> Asked:
        node = desk.hosted(parts(case)[0])
        if not any(account.may(role, node) for role in roles):
            raise NotAllowed(f"{account.post}（{account.staff}）在 {node} 没有这项权限")
        return Asked(desk, case, Said(account.staff, key, digest, if_match))

    return asked


def answer(case: str, done: Done, status: int = 200) -> Response:
    """The answer of every command."""
    content = msgspec.json.encode({"case": case, "position": done.position, "version": done.version})
    return Response(content, status, {"ETag": etag(done.version)}, "application/json")


def case_router(desk: Desk) -> APIRouter:
    """`/intake/…`"""
    routes = APIRouter(prefix="/intake", tags=["intake"])
    _taking_up(routes, desk)
    _working(routes, desk)
    _ending(routes, desk)
    _reading(routes, desk)
    return routes


def _post(routes: APIRouter, command: type[Command]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return routes.post(f"/cases/{{case}}/{ACTS[command]}", response_model=body.Answer, name=command.__name__)


def _taking_up(routes: APIRouter, desk: Desk) -> None:
    post, clerk, filer = partial(_post, routes), Depends(asking(desk, Role.CLERK)), Depends(require(Role.CLERK))

    @routes.post("/nodes/{node}/cases", status_code=201, response_model=body.Answer, name="File")
    async def file(node: body.Node, form: body.Filing, digest: Digest, key: IdempotencyKey, account: Account = filer) -> Response:
        now = desk.context.now()
        pinned = await desk.pin(desk.hosted(node), form.item, now)

        filing = partial(File, node=node, pinned=pinned, channel=form.channel, materials=form.materials, officer=account.staff, at=now)
        return answer(*await desk.file(node, now, Said(account.staff, key, digest), filing), status=201)

    @post(Accept)
    async def accept(by: Asked = clerk) -> Response:
        return await by.put(Accept(case=by.case, officer=by.officer, at=by.at, calendar=by.calendar))

    @post(RefuseAcceptance)
    async def refuse(form: body.Refusal, by: Asked = clerk) -> Response:
        return await by.put(
            RefuseAcceptance(
                case=by.case, officer=by.officer, at=by.at, reason=form.reason, right_agency=form.right_agency, calendar=by.calendar
            )
        )

    @post(RequestCorrections)
    async def notice(form: body.Notice, by: Asked = clerk) -> Response:
        return await by.put(RequestCorrections(case=by.case, officer=by.officer, at=by.at, missing=form.missing, calendar=by.calendar))

    @post(ReturnCorrections)
    async def returned(form: body.Return, by: Asked = clerk) -> Response:
        return await by.put(ReturnCorrections(case=by.case, officer=by.officer, at=by.at, still_missing=form.still_missing))


def _working(routes: APIRouter, desk: Desk) -> None:
    post, approver = partial(_post, routes), Depends(asking(desk, Role.APPROVER))
    officer = Depends(asking(desk, Role.EXAMINER, Role.APPROVER))

    @post(StartStep)
    async def start(form: body.Step, by: Asked = officer) -> Response:
        return await by.put(StartStep(case=by.case, officer=by.officer, at=by.at, name=form.name))

    @post(FinishStep)
    async def finish(form: body.StepEnd, by: Asked = officer) -> Response:
        return await by.put(FinishStep(case=by.case, officer=by.officer, at=by.at, name=form.name, second_officer=form.second_officer))

    @post(SuspendClocks)
    async def suspend(form: body.Suspension, by: Asked = approver) -> Response:
        return await by.put(SuspendClocks(case=by.case, officer=by.officer, at=by.at, **form.model_dump()))

    @post(ResumeClocks)
    async def resume(form: body.Resumption, by: Asked = approver) -> Response:
        return await by.put(ResumeClocks(case=by.case, officer=by.officer, at=by.at, last=form.last))

    @post(ExtendLimit)
    async def extend(form: body.Extension, by: Asked = approver) -> Response:
        return await by.put(ExtendLimit(case=by.case, officer=by.officer, at=by.at, calendar=by.calendar, **form.model_dump()))


def _ending(routes: APIRouter, desk: Desk) -> None:
    post, clerk = partial(_post, routes), Depends(asking(desk, Role.CLERK))
    examiner, approver = Depends(asking(desk, Role.EXAMINER)), Depends(asking(desk, Role.APPROVER))

    @post(Examine)
    async def examine(form: body.Examination, by: Asked = examiner) -> Response:
        return await by.put(Examine(case=by.case, officer=by.officer, at=by.at, recommends=form.recommends))

    @post(Approve)
    async def approve(form: body.Approval, by: Asked = approver) -> Response:
        return await by.put(Approve(case=by.case, officer=by.officer, at=by.at, outcome=form.outcome))

    @post(Decide)
    async def decide(form: body.Decided, by: Asked = approver) -> Response:
        return await by.put(Decide(case=by.case, officer=by.officer, at=by.at, **form.model_dump()))

    @post(Deliver)
    async def deliver(form: body.Delivery, by: Asked = clerk) -> Response:
        return await by.put(Deliver(case=by.case, officer=by.officer, at=by.at, how=form.how))

    @post(Withdraw)
    async def withdraw(by: Asked = clerk) -> Response:
        return await by.put(Withdraw(case=by.case, officer=by.officer, at=by.at))

    @post(Close)
    async def close(by: Asked = clerk) -> Response:
        return await by.put(Close(case=by.case, officer=by.officer, at=by.at))


def _reading(routes: APIRouter, desk: Desk) -> None:
    context, anybody = desk.context, Depends(require())

    @routes.get("/cases/{case}")
    async def one(
        case: body.Number, account: Account = anybody, epoch: int = 1, sequence: Annotated[int, Query(ge=0, le=2**62)] = 0
    ) -> Response:
        node = desk.hosted(parts(case)[0])
        if not account.works_for(node):
            raise NotAllowed(f"{account.post}（{account.staff}）不在 {node} 履职")
        current = not sequence or await context.current(views.CASES, Position(origin(node, "intake"), epoch, sequence, ""))
        row, stream = await views.case_row(context.pool, case), await context.logs.of(node).stream(case)
        if row is None:
            raise HTTPException(404)
        acts = [ACTS[command] for command in possible(desk.cases.state(stream))]
        content = msgspec.json.encode({**row, "version": len(stream), "possible": acts})
        return Response(content, 200, {"ETag": etag(len(stream)), "X-Current": "yes" if current else "no"}, "application/json")

    @routes.get("/nodes/{node}/cases", dependencies=[anybody])
    async def page(
        node: body.Node,
        phase: Phase | None = None,
        after: Annotated[str, Query(max_length=40, pattern=r"^[0-9-]*$")] = "",
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
    ) -> Response:
        rows = await views.case_page(context.pool, desk.hosted(node), phase.value if phase else "", after, limit)
        following = rows[-1]["case"] if len(rows) == limit else None
        return Response(msgspec.json.encode({"cases": rows, "next": following}), media_type="application/json")

    @routes.get("/nodes/{node}/counts", dependencies=[anybody])
    async def counts(node: body.Node) -> Response:
        return Response(msgspec.json.encode(await views.counts(context.pool, desk.hosted(node))), media_type="application/json")
