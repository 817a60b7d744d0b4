"""What a new box shows: a dozen items with procedures and some hundred cases, of the last weeks and of today."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from typing import Final

import httpx2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from libs.workdays import CHINA
from services.onebox.box import OneBox
from services.onebox.cases import work
from services.onebox.door import Door, said
from services.onebox.folder import BoxError
from services.onebox.items import publish
from services.onebox.past import import_past

TODAY: Final = 90
WORKERS: Final = 8


def seed(box: OneBox, console: Console) -> None:
    """Fills a new box; stopped half way, the next run goes on where it was. Raises `BoxError` with the sentence of a refusal."""
    try:
        _fill(box, console)
    except httpx2.HTTPStatusError as no:
        raise BoxError(f"示例没有放完：{said(no.response)}（{no.request.url.path}）；再次运行 scripts/up 接着放") from no


def _fill(box: OneBox, console: Console) -> None:
    nodes = [(site, node["code"]) for site in box.sites for node in site.nodes]
    bar = Progress(TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), console=console)
    with ExitStack() as open_doors, bar as progress, ThreadPoolExecutor(WORKERS) as pool:
        doors = {site.code: open_doors.enter_context(Door(site, "seed")) for site in box.sites}
        task = progress.add_task("事项和实施办法", total=len(box.sites))
        for site in box.sites:
            publish(doors[site.code], site.code)
            progress.advance(task)
        import_past(box, progress)
        task = progress.add_task("今天的办件", total=TODAY)
        places = [nodes[n % len(nodes)] for n in range(TODAY)]
        for _ in pool.map(lambda n: work(doors[places[n][0].code], places[n][1], n, datetime.now(CHINA)), range(TODAY)):
            progress.advance(task)
