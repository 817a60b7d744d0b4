"""Over a real server: behind an answer that comes before a large body the connection is closed, and what was still to come is not taken in."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn

from libs.web.tests.strict_door import CASE, Door


@pytest.fixture
async def port(door: Door) -> AsyncIterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(door.app, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve([listening]))
    yield int(listening.getsockname()[1])
    server.should_exit = True
    await serving


async def asked(port: int, *lines: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("\r\n".join([f"POST /cases/{CASE}/notice HTTP/1.1", "Host: door", *lines, "", ""]).encode())
    return reader, writer


@pytest.mark.parametrize("announced", ["Content-Length: 33554432", "Transfer-Encoding: chunked"])
async def test_a_stranger_is_told_so_at_once_and_the_connection_is_closed(port: int, announced: str) -> None:
    reader, writer = await asked(port, announced)
    answer = await reader.read()  # to the end of the connection: it comes, though nothing of the body was sent
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"connection: close" in answer
    writer.close()


async def test_after_a_small_body_that_nobody_read_the_connection_goes_on(port: int) -> None:
    reader, writer = await asked(port, "Content-Length: 12")
    assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 401 ")
    writer.write(b'{"days": 1} ' + b"GET /health/live HTTP/1.1\r\nHost: door\r\nConnection: close\r\n\r\n")
    assert b"HTTP/1.1 200 " in await reader.read()
    writer.close()


async def test_whoever_waits_to_be_asked_for_the_body_is_not_asked_for_it(port: int) -> None:
    reader, writer = await asked(port, "Content-Length: 33554432", "Expect: 100-continue")
    assert (await reader.read()).startswith(b"HTTP/1.1 401 ")
    writer.close()
