"""The process around a site: its port, its signals, its start and its orderly stop, each within its time."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, Final, Self

import uvicorn

from libs.contracts import Row
from libs.host.away import Server, kafka, postgres
from libs.host.context import Around, NeedsTheOperator, Site
from libs.host.running import STOP_SECONDS, SiteHost
from libs.host.serving import site_app
from libs.web import Accounts

class Answering(uvicorn.Server):
    """Leaves signals to the site: uvicorn would raise them once more, and end the process before its services have stopped."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def end(self) -> None:
        """Takes no more requests; `serve` returns when those it has are answered, after `REQUESTS_SECONDS` at the latest."""
        self.should_exit = True


class ToldToStop:
    """While this is open, the first SIGTERM or SIGINT does what is in `then`; later ones do nothing, for the site is stopping already."""

    def __init__(self, then: Callable[[], object]) -> None:
        self.then, self.told = then, False

    def _tell(self) -> None:
        if not self.told:
            self.told = True
            self.then()

    def __enter__(self) -> Self:
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._tell)
        return self

    def __exit__(self, *_: object) -> None:
        for number in SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)


async def run_site(
    site: Site, rows: Iterable[Row], databases: Mapping[str, str], around: Around, accounts: Accounts, *, host: str, port: int
) -> None:
    """Runs a site's services until the process is told to stop, then stops them, also those of a start that failed half way or was given up."""
    running = SiteHost(site, rows, replace(around, knows=accounts.knows))
    starting = asyncio.ensure_future(_started(running, databases))
    with ToldToStop(starting.cancel) as stop:
        try:
            await starting
            if stop.told:
                return
            app = site_app(running, accounts)
            server = Answering(
                uvicorn.Config(app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=REQUESTS_SECONDS)
            )
            stop.then = server.end
            await server.serve()
        except asyncio.CancelledError:
            if not stop.told:
                raise
        finally:
            await running.stop()


async def _started(running: SiteHost, databases: Mapping[str, str]) -> None:
    await running.open(databases)
    await running.start()
