"""A request in the terms of ASGI, without a client: what an application takes of a body can be counted, and a body may never come."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message

from libs.web.bodies import announced

ENDLESS = b"x" * 65_536
"""A piece of a body that goes on."""


class Got(NamedTuple):
    """An answer: its status, its headers, its body, and how many bytes of the request's body were taken before it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    taken: int


async def ask(app: ASGIApp, method: str, path: str, headers: Mapping[str, str], pieces: Iterable[bytes] = (), query: str = "") -> Got:
    """Asks for `path`, whose parts stand there as they came, not decoded yet. Raises `AssertionError` for a body taken that never comes.

    Where none is announced there is an empty one, and then nothing more is heard of whoever asked: they wait for the end of the answer.
    """
    scope, taken, sent = scope_of(method, path, headers, query), 0, list[Message]()
    comes = announced(scope["headers"]) > 0
    coming = iter(pieces if comes else [b""])

    async def receive() -> Message:
        nonlocal taken
        piece = next(coming, None)
        if piece is None and not comes:
            await asyncio.Event().wait()
        assert piece is not None, "this body never comes"
        taken += len(piece)
        return {"type": "http.request", "body": piece, "more_body": comes}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    told = {name.decode(): value.decode("latin-1") for name, value in sent[0]["headers"]}
    return Got(sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:]), taken)


def scope_of(method: str, path: str, headers: Mapping[str, str], query: str = "") -> dict[str, Any]:
    """What a server tells an application of a request."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 9),
        "state": {},
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in {"Host": "site", **headers}.items()],
    }
