"""A server that speaks clamd's INSTREAM over real sockets, and finds the EICAR test file; or misbehaves as it is told."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from libs.testkit.papers import EICAR

SILENCE = b"..."
"""Nothing is answered for as long as somebody listens."""


class Clam:
    """The server. `says`, where given, is answered whatever came; `most` bytes are taken."""

    def __init__(self, says: bytes | None = None, most: int = 30_000_000) -> None:
        self.says, self.most = says, most
        self.heard: list[bytes] = []
        self.address = ""
        self.open: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end: whoever asks may go before."""
        self.open.append(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            writer.write(await self._answer(reader))
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader) -> bytes:
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        data = b""
        while length := struct.unpack("!L", await reader.readexactly(4))[0]:
            data += await reader.readexactly(length)
            if len(data) > self.most:
                return b"INSTREAM size limit exceeded. ERROR\0"
        self.heard.append(data)
        if self.says == SILENCE:
            await reader.read()
        if self.says is not None:
            return self.says
        return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"


@asynccontextmanager
async def clam(says: bytes | None = None, *, path: Path | None = None, most: int = 30_000_000) -> AsyncIterator[Clam]:
    """A running one, at a port of its own or at a socket's path."""
    found = Clam(says, most)
    if path is not None:
        server: asyncio.Server = await asyncio.start_unix_server(found.serve, path)
        found.address = f"unix://{path}"
    else:
        server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
        found.address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield found
    for writer in found.open:
        writer.transport.abort()
    await asyncio.sleep(0)
