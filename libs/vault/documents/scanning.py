"""The port to a scanner for viruses, and `clamd` behind it (its INSTREAM command, over TCP or a Unix socket)."""

from __future__ import annotations

import asyncio
import struct
from contextlib import suppress
from typing import Final, Protocol

ADDRESS: Final = r"^(tcp://[A-Za-z0-9.-]{1,253}:[0-9]{1,5}|unix:///.{1,100})$"
"""Where a `clamd` listens: `tcp://host:port` or `unix:///path`."""
SECONDS: Final = 60.0
"""How long it may take over one file."""
_STEP: Final = 128 * 1024
_ANSWER: Final = 4096
_FOUND, _CLEAN = " FOUND", "stream: OK"


class ScannerAway(Exception):
    """The scanner gave no verdict. What has none is not kept."""


class Scanner(Protocol):
    """Looks for viruses."""

    async def scan(self, data: bytes) -> str | None:
        """The name of what was found; None: nothing. Raises `ScannerAway`."""


class Clamd:
    """A `clamd`, asked once a file."""

    def __init__(self, address: str, seconds: float = SECONDS) -> None:
        self._scheme, _, self._place = address.partition("://")
        self._seconds = seconds

    async def scan(self, data: bytes) -> str | None:
        try:
            async with asyncio.timeout(self._seconds):
                said = await self._ask(data)
        except (OSError, ValueError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as no:
            raise ScannerAway(type(no).__name__) from None
        if said == _CLEAN:
            return None
        if said.endswith(_FOUND):
            return said.removeprefix("stream: ").removesuffix(_FOUND)
        raise ScannerAway(said)

    async def _ask(self, data: bytes) -> str:
        reader, writer = await self._connected()
        try:
            writer.write(b"zINSTREAM\0")
            for start in range(0, len(data), _STEP):
                piece = data[start : start + _STEP]
                writer.write(struct.pack("!L", len(piece)) + piece)
                await writer.drain()
            writer.write(struct.pack("!L", 0))
            await writer.drain()
            return (await reader.readuntil(b"\0"))[:-1].decode("utf-8", "replace").strip()
        finally:
            writer.close()
            with suppress(OSError):  # what was said has been heard
                await writer.wait_closed()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._scheme == "unix":
            return await asyncio.open_unix_connection(self._place, limit=_ANSWER)
        host, _, port = self._place.rpartition(":")
        return await asyncio.open_connection(host, int(port), limit=_ANSWER)
