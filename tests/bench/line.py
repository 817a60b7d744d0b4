"""One keep-alive connection that speaks the least of HTTP/1.1: requests are bytes made ahead, answers a status and a body. Nothing else is paid for."""

from __future__ import annotations

import asyncio
import re
from typing import Final, cast

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
Answer = tuple[int, bytes]


def request(method: str, path: str, token: str, key: str = "", body: bytes = b"") -> bytes:
    """The bytes of a request."""
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
    if method == "POST":
        head += f"Content-Type: application/json\r\nIdempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


class Line(asyncio.Protocol):
    """One request at a time. An answer without a length is not understood: `ConnectionError`."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._asked: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by its class

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._asked is not None and not self._asked.done():
            self._asked.set_exception(ConnectionError("the line was closed"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or self._asked is None or self._asked.done():
            return
        found = _LENGTH.search(self._buffer, 0, end + 2)
        if found is None:
            self._asked.set_exception(ConnectionError(f"an answer without a length: {bytes(self._buffer[:120])!r}"))
            return
        until = end + 4 + int(found[1])
        if len(self._buffer) >= until:
            answer = int(self._buffer[9:12]), bytes(self._buffer[end + 4 : until])
            self._buffer.clear()
            self._asked.set_result(answer)

    @property
    def open(self) -> bool:
        """Whether something can be asked over it."""
        return self._transport is not None

    async def ask(self, request: bytes) -> Answer:
        """Status and body. Raises `ConnectionError`."""
        if self._transport is None:
            raise ConnectionError("the line is not open")
        self._asked = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._asked

    def close(self) -> None:
        """Ends the connection."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None


async def connected(port: int) -> Line:
    """A line to a port of this machine."""
    _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", port)
    return line
