"""How a command comes in and how it is answered: who asks under which key against which version, and where the log stands after it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Container
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal, Protocol, TypedDict

import msgspec
from fastapi import Depends, HTTPException, Request, Response
from starlette.types import Scope

from libs.web.accounts import Account
from libs.web.headers import IdempotencyKey, IfMatch, etag, versions
from libs.web.signin import require

KeyScope = Literal["http", "import"]
"""Whose idempotency keys they are: of what people send, or of what an import appends."""


class IntentParts(TypedDict):
    """The part of an intent that the request says."""

    actor: str
    key: str
    digest: str
    expected: Container[int] | None
    scope: KeyScope


@dataclass(frozen=True, slots=True)
class Envelope:
    """What comes with every command beside its form. `digest` names the request, its sender included: the same key from somebody else,
    for another path or with another body is refused. `expected` are the versions that the caller takes for the present one; None: any or none.
    """

    account: Account
    key: str
    digest: str
    expected: Container[int] | None
    scope: KeyScope = "http"

    @property
    def actor(self) -> str:
        """The staff number that goes into the event."""
        return self.account.staff

    @property
    def said(self) -> IntentParts:
        """For `Subject.intent(stream, command, **envelope.said)`."""
        return IntentParts(actor=self.account.staff, key=self.key, digest=self.digest, expected=self.expected, scope=self.scope)


def envelope(act: str) -> Callable[..., Awaitable[Envelope]]:
    """A dependency for `Depends`: somebody who may do the act, at the node or on the case in the path. Answers 400, 401, 403 as `require` does."""
    who = Depends(require(act))

    async def opened(request: Request, key: IdempotencyKey, account: Account = who, if_match: IfMatch = None) -> Envelope:
        return Envelope(account, key, digest_of(request.scope, account.staff, await request.body()), versions(if_match))

    return opened


def unkeyed(act: str) -> Callable[..., Awaitable[Envelope]]:
    """`envelope` for what takes neither key nor condition."""
    who = Depends(require(act))

    async def opened(account: Account = who) -> Envelope:
        return Envelope(account, "", "", None)

    return opened


def digest_of(scope: Scope, actor: str, body: bytes) -> str:
    """Names a request's sender and content."""
    head = f"{actor}\n{scope['method']} {scope['path']}?".encode()
    return sha256(head + scope["query_string"] + b"\n" + body).hexdigest()


class Hosting(Protocol):
    """A site, as far as it is asked for the nodes it hosts."""

    def line(self, code: str) -> tuple[str, ...]:
        """The node and its ancestors hosted here; empty for a node that is not."""


def hosted(site: Hosting, node: str) -> str:
    """`node`, when this site hosts it; else 404."""
    if not site.line(node):
        raise HTTPException(404)
    return node


def node_of_case(case: str) -> str:
    """The node whose log keeps the case: the first part of its number."""
    return case.partition("-")[0]


def answer(content: Any, status: int = 200, *, version: int | None = None, current: bool | None = None) -> Response:
    """JSON; `version` becomes the entity tag, `current` says whether a view had reached what the caller asked for."""
    headers = {} if version is None else {"ETag": etag(version)}
    headers |= {} if current is None else {"X-Current": "yes" if current else "no"}
    return Response(msgspec.json.encode(content), status, headers, "application/json")


def unstored(found: Response) -> Response:
    """The answer, which no browser and nothing on the way keeps."""
    found.headers["Cache-Control"] = "no-store"
    return found


class Written(Protocol):
    """What a log answers."""

    @property
    def position(self) -> Any: ...

    @property
    def version(self) -> int: ...


def done_answer(done: Written, status: int = 200, **more: Any) -> Response:
    """The answer of every command: where the log stands after it, and the version for the next If-Match."""
    return answer({**more, "position": done.position, "version": done.version}, status, version=done.version)
