"""What a new box shows: a dozen items with procedures and some hundred cases, of the last weeks and of today."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from typing import Final

import httpx2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from libs.embedded import GivenUp
from libs.workdays import CHINA
from services.onebox.box import OneBox
from services.onebox.cases import work
from services.onebox.door import Door, said
from services.onebox.folder import BoxError
from services.onebox.items import publish
from services.onebox.past import import_past
from services.onebox.sites import GivesUp, never

TODAY: Final = 90
WORKERS: Final = 8


def seed(box: OneBox, console: Console, given_up: GivesUp = never) -> None:
    """Fills a new box; stopped half way, the next run goes on where it was.

    Raises `BoxError` with the sentence of a refusal, `GivenUp` when `given_up` says so.
    """
    try:
        _fill(box, console, given_up)
    except httpx2.HTTPStatusError as no:
        raise BoxError(f"示例没有放完：{said(no.response)}（{no.request.url.path}）；再次运行 scripts/up 接着放") from no


def _fill(box: OneBox, console: Console, given_up: GivesUp) -> None:
    nodes = [(site, node["code"]) for site in box.sites for node in site.nodes]
    bar = Progress(TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), console=console)
    with ExitStack() as open_doors, bar as progress, ThreadPoolExecutor(WORKERS) as pool:
        doors = {site.code: open_doors.enter_context(Door(site, "seed")) for site in box.sites}
        task = progress.add_task("事项和实施办法", total=len(box.sites))
        for site in box.sites:
            _go_on(given_up)
            publish(doors[site.code], site.code)
            progress.advance(task)
        import_past(box, progress, partial(_go_on, given_up))
        task = progress.add_task("今天的办件", total=TODAY)
        places = [nodes[n % len(nodes)] for n in range(TODAY)]

        def one(n: int) -> None:
            _go_on(given_up)
            work(doors[places[n][0].code], places[n][1], n, datetime.now(CHINA))

        for _ in pool.map(one, range(TODAY)):
            progress.advance(task)


def _go_on(given_up: GivesUp) -> None:
    if given_up():
        raise GivenUp("示例没有放完；再次运行 scripts/up 接着放")
