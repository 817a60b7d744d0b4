"""`POST /nodes/{node}/subjects`: what a person said is kept, and answered by a random subject id."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import BaseModel

from libs.vault import NobodyThere
from libs.web import CommandRoute, Envelope, add_commands, answer, hosted
from services.vault.http.desk import Desk
from services.vault.http.forms import SubjectForm
from services.vault.subject import may_keep


class KeptAnswer(BaseModel):
    """A subject, and the other subjects of the same person or organisation at this site."""

    subject: str
    same: list[str]


def add_keeping(router: APIRouter, desk: Desk) -> None:
    """Adds the route."""
    vault = desk.vault

    async def keep(by: Envelope, node: str, form: SubjectForm) -> Response:
        confided = form.confided()
        may_keep(confided.whose, known=not confided.whose or await vault.known(confided.whose, hosted(desk.context.site, node)))
        try:
            kept = await vault.keep(hosted(desk.context.site, node), confided, key=by.key, request=by.digest, at=desk.context.now())
        except NobodyThere:  # erased since it was known
            may_keep(confided.whose, known=False)
            raise
        return answer({"subject": kept, "same": await vault.introduced(kept)}, 201)

    path = "/nodes/{node}/subjects"
    row = CommandRoute(path=path, name="KeepSubject", act="vault.keep-subject", does=keep, form=SubjectForm, status=201, answers=KeptAnswer)
    add_commands(router, [row])
