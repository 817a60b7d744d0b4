"""Bodies, as far as they are taken: none beyond what its route takes, none long on the loop, none drained that nobody reads (decision 0026).

Who asks, and what the headers say of a body, is looked at before any byte of it; who reads here has done so.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Send

from libs.forms import strict_json

MAX_JSON: Final = 512 * 1024
"""Bytes of a body, where its route says nothing else: twice what an event may hold, for JSON may write every character as `\\uXXXX`."""
AT_ONCE: Final = 32 * 1024
"""Bytes that are read on the loop; what is longer is read in a thread, so that others are answered meanwhile."""
LEFT_OVER: Final = 64 * 1024
"""Bytes of an unread body that the server may take in to keep a connection; for more it is closed."""
UNKNOWN: Final = sys.maxsize
"""The length of a body that comes piece by piece."""
CLOSE: Final = (b"connection", b"close")
T = TypeVar("T")


class MaxBody:
    """A dependency that reads nothing: it declares how many bytes the body of its route may have."""

    def __init__(self, most: int) -> None:
        self.most = most

    async def __call__(self) -> None:
        """Nothing is asked of the request; the reader of bodies finds the number."""


def announced(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """How many bytes follow the headers: 0 where no body comes, `UNKNOWN` where its length is not said."""
    found = 0
    for name, value in headers:
        if name == b"transfer-encoding":
            return UNKNOWN
        if name == b"content-length":
            found = int(value) if value.isdigit() and len(value) < 19 else UNKNOWN
    return found


def must_fit(length: int, most: int) -> None:
    """Raises `HTTPException` (413) for a body that says itself that it is too large."""
    if most < length < UNKNOWN:
        raise HTTPException(413)


async def body_of(receive: Receive, most: int) -> bytes:
    """The whole body. Raises `HTTPException`: 413 as soon as more than `most` bytes have come, 400 for a caller who went away."""
    pieces, taken = list[bytes](), 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise HTTPException(400)
        pieces.append(piece := message.get("body", b""))
        taken += len(piece)
        if taken > most:
            raise HTTPException(413)
        if not message.get("more_body", False):
            return b"".join(pieces) if len(pieces) > 1 else piece


async def aside(length: int, work: Callable[..., T], *given: Any) -> T:
    """What `work` makes of something of this length: at once, or in a thread where it is long."""
    return work(*given) if length <= AT_ONCE else await asyncio.to_thread(work, *given)


async def value_of(data: bytes) -> Any:
    """The value that a body holds, read strictly. Raises `Unreadable`."""
    return await aside(len(data), strict_json, data)


def undrained(receive: Receive, send: Send) -> tuple[Receive, Send]:
    """Both, so that the connection is closed behind an answer that comes before the end of a large body."""
    ended = False

    async def receiving() -> Message:
        nonlocal ended
        message = await receive()
        ended = not message.get("more_body", False)
        return message

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and not ended:
            message["headers"] = [*message.get("headers", ()), CLOSE]
        await send(message)

    return receiving, sending
