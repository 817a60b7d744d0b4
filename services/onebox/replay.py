"""A log's cases worked through as imported acts, spread over the box; the log's own time moved to its end; the wait until the city has it all.

Rule of spreading: cases in order of name go to the nodes of all sites in order of code, one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from typing import Any, Final

import httpx2
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.onebox.box import OneBox, hosted
from services.onebox.departments import agency, remedies
from services.onebox.door import send
from services.onebox.log_cases import LoggedCase, ReadLog
from services.onebox.sites import SiteOfBox

BATCH: Final = 30
LARGEST: Final = 1_000_000
"""Bytes of the cases of one batch, unless it is a single case: a site takes two million."""
TOGETHER: Final = 8
"""Batches under way at once: the acts of one case wait for each other, those of many cases are committed together."""


def spread(cases: Sequence[LoggedCase], nodes: Sequence[str]) -> dict[str, list[LoggedCase]]:
    """The rule: in order of name, round the nodes in order of code."""
    found: dict[str, list[LoggedCase]] = {node: [] for node in nodes}
    for n, case in enumerate(cases):
        found[nodes[n % len(nodes)]].append(case)
    return found


def batches(cases: Sequence[LoggedCase]) -> Iterator[Sequence[LoggedCase]]:
    """The cases in requests that a site takes: neither too many nor too large."""
    batch, size = list[LoggedCase](), 0
    for case in cases:
        if batch and (len(batch) == BATCH or size + case.size > LARGEST):
            yield batch
            batch, size = [], 0
        batch, size = [*batch, case], size + case.size
    if batch:
        yield batch


def publish(client: httpx2.Client, node: str, log: ReadLog) -> None:
    """Publishes the procedure under which the log's cases stand; doing it again changes nothing."""
    said, code = log.map.item, log.item
    item = {"item": code, "name": said.name, "type_code": "01", "department": said.department}
    send(client, "POST", f"/catalogue/nodes/{node}/items", json=item, headers={"Idempotency-Key": f"replay:{code}:item"})
    steps = [(said.examine, "审查岗", "examine"), (said.approve, "核准岗", "approve")]
    procedure = {
        "item": code,
        "regime": "other" if said.agency is None else "licence",
        "kind": "promised",
        "statutory_days": 20,
        "promised_days": 20,
        "delivery_days": 10,
        "extension_days": 0 if said.agency is None else 10,
        "extension_moves_promise": False,
        "correction_days": 5,
        "steps": [{"name": name, "post": post, "role": role} for name, post, role in steps],
        "basis": "导入的日志自带时限",
        "department": said.agency and agency(node, said.agency),
        "remedies": said.agency and remedies(node),
    }
    send(client, "POST", f"/catalogue/nodes/{node}/procedures", json=procedure, headers={"Idempotency-Key": f"replay:{code}:procedure"})


def run_import(box: OneBox, log: ReadLog, console: Console) -> None:
    """Sends every case to the site of its node. It may be stopped anywhere and run again."""
    shares = spread(log.cases, hosted(box.sites))
    bar = Progress(
        TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console
    )
    with bar as progress, ExitStack() as open_clients, ThreadPoolExecutor(TOGETHER) as pool:
        task = progress.add_task("导入办件", total=len(log.cases))
        waiting: list[Future[None]] = []
        for site in box.sites:
            publish(open_clients.enter_context(site.client("editor")), site.code, log)
            client = open_clients.enter_context(site.client())
            for node in sorted(node["code"] for node in site.nodes):
                waiting.extend(pool.submit(_send_batch, client, node, log, batch) for batch in batches(shares[node]))
        try:
            for done, batch in zip(waiting, _in_order(box, shares), strict=True):
                done.result()
                progress.advance(task, len(batch))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _in_order(box: OneBox, shares: dict[str, list[LoggedCase]]) -> Iterator[Sequence[LoggedCase]]:
    for site in box.sites:
        for node in sorted(node["code"] for node in site.nodes):
            yield from batches(shares[node])


def _send_batch(client: httpx2.Client, node: str, log: ReadLog, batch: Sequence[LoggedCase]) -> None:
    body = {"log": log.name, "timeline": log.name, "cases": [case.as_import(log.item) for case in batch]}
    send(client, "POST", f"/intake/nodes/{node}/imports", json=body)


def heads(site: SiteOfBox, service: str) -> list[dict[str, Any]]:
    """The heads of one service of a site."""
    with site.client() as client:
        found: list[dict[str, Any]] = send(client, "GET", "/site/status")["services"][service]["heads"]
    return found


def advance(box: OneBox, log: str, to: datetime) -> None:
    """Lets the log's own time run to its end, at every site, once its clocks have heard everything."""
    for site in box.sites:
        heard = [{"source": head["source"], "sequence": head["sequence"]} for head in heads(site, "intake")]
        with site.client() as client:
            send(client, "POST", f"/deadline/timelines/{log}/advance", json={"to": to.isoformat(), "heard": heard})


def settle(box: OneBox, seconds: float = 120.0) -> None:
    """Waits until every site is quiet and the city has verified everything. Raises `TimeoutError`."""
    end = time.monotonic() + seconds
    before: object = None
    while time.monotonic() < end:
        now = _picture(box)
        if now is not None and now == before:
            return
        before = now
        time.sleep(0.3)
    raise TimeoutError(f"市中心 {seconds:.0f} 秒内没有跟上；再次运行会接着做")


def _picture(box: OneBox) -> object | None:
    """The heads of all services, once all cursors, all views and the city stand at them; None before."""
    every: dict[str, int] = {}
    cursors: list[tuple[str, int, bool]] = []
    shown = True
    for site in box.sites:
        with site.client() as client:
            for service in send(client, "GET", "/site/status")["services"].values():
                every.update({head["source"]: head["sequence"] for head in service["heads"]})
                cursors.extend((cursor["source"], cursor["sequence"], cursor["behind"]) for cursor in service["cursors"])
                shown = shown and not service["views_behind"]
    with box.city.client() as client:
        city = {feed["source"]: feed["verified"] for feed in send(client, "GET", "/hub/feeds")}
    if not shown or any(every.get(source, 0) != sequence or behind for source, sequence, behind in cursors):
        return None
    if any(city.get(source) != sequence for source, sequence in every.items()):
        return None
    return every
