"""The table of commands: where each is put, by whom, with which form, and what is then answered. Served by `lean`, described by FastAPI.

A description is a route of FastAPI's own that nobody runs but the tests: both ways in give the same answers (decision 0026).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import Parameter, Signature
from typing import Any, Final

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.responses import Response

from libs.web.answers import WrittenAnswer
from libs.web.bodies import MaxBody
from libs.web.declared import REFUSES
from libs.web.envelope import Envelope, envelope, unkeyed
from libs.web.forms import CasePath, NodePath, SubjectPath

PARTS: Final[Mapping[str, Any]] = {"case": CasePath, "node": NodePath, "subject": SubjectPath}
"""What a command is put to: the one part of its path that differs from request to request."""
_PART: Final = re.compile(r"\{(\w+)\}")
CommandAct = Callable[[Envelope, str, Any], Awaitable[Response]]
"""Is given who asks under which key, the node, the case or the subject, the form (None where there is none), and answers. Raises `Refused` or `LogError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRoute:
    """A row of the table. `path` names one node, case or subject: `/nodes/{node}/cases`; `act` is what somebody must be allowed to do
    (`contracts/authority.toml`), `does` does it; `form` is a `Form`, or a choice of them; `answers` is the shape of a success, `status` its number.

    What is not `keyed` takes neither an idempotency key nor a condition: each of its acts says itself whether it was done before. `max_body`
    is in bytes; 0: as everywhere.
    """

    path: str
    name: str
    act: str
    does: CommandAct
    form: type[BaseModel] | None = None
    status: int = 200
    answers: type[BaseModel] = WrittenAnswer
    keyed: bool = True
    max_body: int = 0

    @property
    def part(self) -> str:
        """The name of the part of the path. Raises `TypeError` for a path with none, with another, or with several."""
        match _PART.findall(self.path):
            case [part] if part in PARTS:
                return str(part)
        raise TypeError(f"{self.path}: a command is put to one node, one case or one subject")


class Described(APIRoute):
    """A route that describes a command; `lean` answers in its place."""

    command: CommandRoute


def add_commands(router: APIRouter, commands: Iterable[CommandRoute], kind: type[APIRoute] = Described) -> None:
    """Adds the commands to a service's routes."""
    for command in commands:
        router.add_api_route(
            command.path,
            _endpoint(command),
            methods=["POST"],
            name=command.name,
            status_code=command.status,
            response_model=command.answers,
            responses=None if command.keyed else REFUSES,
            dependencies=[Depends(MaxBody(command.max_body))] if command.max_body else None,
            route_class_override=kind,
        )
        if isinstance(route := router.routes[-1], Described):
            route.command = command


def _endpoint(command: CommandRoute) -> Callable[..., Awaitable[Response]]:
    """What FastAPI would call: it has a command's part, form and envelope."""
    part = command.part

    async def endpoint(**said: Any) -> Response:
        return await command.does(said["by"], said[part], said.get("form"))

    asked = Depends((envelope if command.keyed else unkeyed)(command.act))
    kinds = [(part, PARTS[part]), *([("form", command.form)] if command.form else [])]
    taken = [Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind) for name, kind in kinds]
    by = Parameter("by", Parameter.KEYWORD_ONLY, default=asked, annotation=Envelope)
    endpoint.__signature__ = Signature([*taken, by])  # type: ignore[attr-defined]
    return endpoint
