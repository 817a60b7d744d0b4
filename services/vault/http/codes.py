"""`POST /cases/{case}/follow-code`: at the counter, for whoever lost the code of a case."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response

from libs.telemetry import current_traceparent
from libs.web import CommandRoute, Envelope, WrittenAnswer, add_commands, done_answer, hosted, node_of_case, unstored
from services.vault.follow import ReissueFollowCode
from services.vault.http.desk import Desk

REISSUE: Final = "vault.reissue-follow-code"


class NewCode(WrittenAnswer):
    """The code, shown this once, and where the log stands."""

    code: str


def add_codes(router: APIRouter, desk: Desk) -> None:
    """Adds the route. The same request again gives another code: the one before may never have arrived."""
    context, vault = desk.context, desk.vault

    async def reissue(by: Envelope, case: str, _form: None) -> Response:
        node = hosted(context.site, node_of_case(case))
        by.account.must(REISSUE, node, desk.today, await vault.rows.item(case))
        given = await vault.rows.code(case) is not None
        command = ReissueFollowCode(case=case, node=node, given=given, officer=by.actor, at=context.now())
        intent = desk.codes.intent(case, command, **by.said, last=True, traceparent=current_traceparent())
        done = await context.logs.of(node).append(intent)
        return unstored(done_answer(done, code=await vault.new_follow_code(case)))

    path = "/cases/{case}/follow-code"
    add_commands(router, [CommandRoute(path=path, name="ReissueFollowCode", act=REISSUE, does=reissue, answers=NewCode)])
