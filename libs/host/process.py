"""The process around a site: its port, its signals, its start and its orderly stop, each within its time."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, Final, Self

import uvicorn
import uvloop
from starlette.types import ASGIApp

from libs.contracts import Row
from libs.host.away import kafka, postgres
from libs.host.context import Around, NeedsTheOperator, Site
from libs.host.running import STOP_SECONDS, SiteHost
from libs.host.serving import NotOpenYet, site_app
from libs.web import Accounts

REQUESTS_SECONDS: Final = 5
"""How long requests may take to be answered when the site is told to stop."""
SHUT_SECONDS: Final = 2.0
"""How much longer the door may take to shut."""
START_SECONDS: Final = 2.0
"""How long a start that is given up may take to end."""
SITE_STOP_SECONDS: Final = REQUESTS_SECONDS + SHUT_SECONDS + START_SECONDS + STOP_SECONDS
"""The longest a site's process takes to stop; whoever runs it waits longer before it is killed."""
LEFT: Final = 1
"""The exit code of a process that had to leave something behind: its stop was not an orderly one."""
SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
YOUNG, MIDDLE, OLD = 50_000, 20, 50
"""When the garbage collector looks: seldom, for what a request leaves is gone when it is answered (decision 0025)."""


class Answering(uvicorn.Server):
    """Leaves signals to the site: uvicorn would raise them once more, and end the process before its services have stopped."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def end(self) -> None:
        """Takes no more requests; `serve` returns when those it has are answered, after `REQUESTS_SECONDS` at the latest."""
        self.should_exit = True


class ToldToStop:
    """While this is open, SIGTERM and SIGINT set `told`; a later one changes nothing, for the site is stopping already."""

    def __init__(self) -> None:
        self.told = asyncio.Event()

    def __enter__(self) -> Self:
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self.told.set)
        return self

    def __exit__(self, *_: object) -> None:
        for number in SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)


def listening(host: str, port: int) -> socket.socket:
    """The site's port. Raises `NeedsTheOperator` where it cannot be had."""
    try:
        return socket.create_server((host, port), backlog=2048, reuse_port=False)
    except OSError as error:
        raise NeedsTheOperator(f"端口 {host}:{port} 不能用（{os.strerror(error.errno or 0)}）；关掉占用它的程序，或换一个端口") from error


async def run_site(
    site: Site,
    rows: Iterable[Row],
    databases: Mapping[str, str],
    around: Around,
    accounts: Accounts,
    *,
    host: str,
    port: int,
    started: Callable[[], None] = lambda: None,
) -> bool:
    """Runs a site's services until the process is told to stop, then stops them, also those of a start that failed half way or was given up.

    Whether the stop was an orderly one.

    `started` is called once everything runs. It answers from the beginning: 503 while a server it needs to open is away.
    Raises `NeedsTheOperator` where waiting would not help.
    """
    addresses = list(databases.values())[:1]
    servers = [*map(postgres, addresses), *map(kafka, filter(None, [around.bootstrap]))]
    running = SiteHost(site, rows, replace(around, granted=accounts.granted, accounts=accounts), servers)
    with ToldToStop() as stop:
        try:
            await running.build(databases)
            with listening(host, port) as door:
                await _until_told(running, accounts, door, stop.told, started)
        finally:
            orderly = await running.stop()
    return orderly


def served(app: ASGIApp, proxies: Sequence[str] = ()) -> uvicorn.Config:
    """How a site's application is served. Who asks, and whether over HTTPS, is what the connection says; only `proxies` are believed when
    they say it of others, for on that depend how often may be tried and which cookies are given.
    """
    return uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies),
        timeout_graceful_shutdown=REQUESTS_SECONDS,
    )


async def _until_told(running: SiteHost, accounts: Accounts, door: socket.socket, told: asyncio.Event, started: Callable[[], None]) -> None:
    server = Answering(served(NotOpenYet(site_app(running, accounts), running), running.around.proxies))
    answering = asyncio.create_task(server.serve(sockets=[door]), name="door")
    starting = asyncio.create_task(_start(running, started), name="start")
    waiting = asyncio.create_task(told.wait(), name="told to stop")
    try:
        done, _ = await asyncio.wait([answering, starting, waiting], return_when=asyncio.FIRST_COMPLETED)
        if starting in done:
            starting.result()
            await asyncio.wait([answering, waiting], return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.end()
        for task in (waiting, starting):
            task.cancel()
        await asyncio.wait([answering], timeout=REQUESTS_SECONDS + SHUT_SECONDS)
        await asyncio.wait([waiting, starting], timeout=START_SECONDS)
    if answering.done():
        answering.result()


async def _start(running: SiteHost, started: Callable[[], None]) -> None:
    await running.open()
    await running.start()
    started()


def keep_what_is_there() -> None:
    """What a started site consists of lives as long as it does: the garbage collector need not look at it again, and seldom at the rest."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)


def run_process(process: Coroutine[Any, Any, bool]) -> None:
    """Runs a site's process to its end. What was left behind at its stop does not keep it: it ends all the same, with the exit code `LEFT`.

    Raises what the process raises, and `SystemExit`.
    """
    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    orderly = loop.run_until_complete(process)
    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left and loop.run_until_complete(asyncio.wait(left, timeout=0.5))[1]:
        logging.shutdown()
        sys.stdout.flush()
        os._exit(LEFT)
    with suppress(TimeoutError):
        loop.run_until_complete(asyncio.wait_for(loop.shutdown_asyncgens(), 0.5))
    loop.close()
    if not orderly:
        sys.exit(LEFT)
