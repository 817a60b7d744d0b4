"""`liandong replay FILE --log receipt`: a real permit office's log worked through as imported acts, and what the platform made of it.

Rule of spreading: cases in order of name go to the nodes of all sites in order of code, one after the other.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx2
import stamina
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from services.cli.onebox import OneBox, SiteOfBox, hosted

ITEM: Final = "receipt-phase"
BATCH: Final = 30
TOGETHER: Final = 8
"""Batches under way at once: the acts of one case wait for each other, those of many cases are committed together."""
CHANNELS: Final = {"Internet": "portal", "Desk": "counter", "Post": "post", "e-mail": "email", "Intern": "internal"}
COLUMNS: Final = frozenset(
    f"case:{name}" for name in ("channel", "concept:name", "deadline", "enddate", "enddate_planned", "responsible", "startdate")
) | {"concept:name", "org:resource", "time:timestamp"}


class LogError(Exception):
    """The file is not a log of this form."""


@dataclass(frozen=True, slots=True)
class LoggedCase:
    """One case of the log: times are aware; `ended` None: open at the log's last instant. `acts`: (name, officer, at) as given."""

    name: str
    channel: str
    responsible: str
    started: datetime
    planned: datetime
    deadline: datetime
    ended: datetime | None
    acts: tuple[tuple[str, str, datetime], ...]


def read_log(path: Path) -> list[LoggedCase]:
    """The cases in order of name, activities in the order of the file. Raises `LogError` naming line and column."""
    rows: dict[str, list[dict[str, str]]] = {}
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            missing = COLUMNS - set(reader.fieldnames or ())
            if missing:
                raise LogError(f"{path.name} 缺少列：{'、'.join(sorted(missing))}")
            for row in reader:
                rows.setdefault(row["case:concept:name"], []).append({**row, "line": str(reader.line_num)})
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LogError(f"{path} 无法读取：{error}") from None
    if not rows:
        raise LogError(f"{path.name} 里没有办件")
    return [_case(name, rows[name]) for name in sorted(rows)]


def _case(name: str, rows: Sequence[dict[str, str]]) -> LoggedCase:
    first = rows[0]
    return LoggedCase(
        name=name,
        channel=CHANNELS.get(first["case:channel"], "internal"),
        responsible=first["case:responsible"],
        started=_instant(first, "case:startdate"),
        planned=_instant(first, "case:enddate_planned"),
        deadline=_instant(first, "case:deadline"),
        ended=_instant(first, "case:enddate") if first["case:enddate"] else None,
        acts=tuple((row["concept:name"], row["org:resource"], _instant(row, "time:timestamp")) for row in rows),
    )


def _instant(row: dict[str, str], column: str) -> datetime:
    try:
        moment = datetime.fromisoformat(row[column])
        if moment.tzinfo is None:
            raise ValueError("没有时区")
    except ValueError as error:
        raise LogError(f"第 {row['line']} 行，{column}：{row[column]!r} 不是时间（{error}）") from None
    return moment.astimezone(UTC)


def role_of(activity: str) -> str:
    """T02 checks the confirmation of receipt, T04 determines it: examination and approval; the rest is work."""
    return {"T02": "examine", "T04": "approve"}.get(activity[:3], "work")


def as_import(case: LoggedCase) -> dict[str, Any]:
    """The case as the import takes it."""
    end = {"at": case.ended.isoformat(), "officer": case.responsible} if case.ended else None
    return {
        "ref": case.name,
        "item": ITEM,
        "channel": case.channel,
        "filed": {
            "at": case.started.isoformat(),
            "officer": case.responsible,
            "promised": case.planned.isoformat(),
            "statutory": case.deadline.isoformat(),
        },
        "steps": [{"name": name, "role": role_of(name), "officer": officer, "at": at.isoformat()} for name, officer, at in case.acts],
        "decided": end,
        "closed": end,
    }


def last_instant(cases: Sequence[LoggedCase]) -> datetime:
    """Where the log ends: the latest activity."""
    return max(at for case in cases for _, _, at in case.acts)


def spread(cases: Sequence[LoggedCase], nodes: Sequence[str]) -> dict[str, list[LoggedCase]]:
    """The rule: in order of name, round the nodes in order of code."""
    found: dict[str, list[LoggedCase]] = {node: [] for node in nodes}
    for n, case in enumerate(cases):
        found[nodes[n % len(nodes)]].append(case)
    return found


def _batches(cases: Sequence[LoggedCase]) -> Iterator[Sequence[LoggedCase]]:
    for start in range(0, len(cases), BATCH):
        yield cases[start : start + BATCH]


def _refused_or_away(error: Exception) -> bool:
    if isinstance(error, httpx2.HTTPStatusError):
        return error.response.status_code == 503 or "unknown-item" in error.response.text
    return isinstance(error, httpx2.TransportError)


@stamina.retry(on=_refused_or_away, timeout=120, attempts=None, wait_max=2.0)
def send(client: httpx2.Client, method: str, path: str, **more: Any) -> Any:
    """One request; a site that is away or busy is waited for (two minutes): the keys make repeating harmless."""
    answer = client.request(method, path, **more)
    answer.raise_for_status()
    return answer.json()


def publish(client: httpx2.Client, node: str) -> None:
    """The procedure under which the log's cases stand; told once, repeated harmlessly."""
    item = {"item": ITEM, "name": "环境许可收件阶段（导入）", "type_code": "01", "department": "导入的办件日志"}
    send(client, "POST", f"/catalogue/nodes/{node}/items", json=item, headers={"Idempotency-Key": f"replay:{ITEM}:item"})
    steps = [("T02 Check confirmation of receipt", "examiner", "examine"), ("T04 Determine confirmation of receipt", "approver", "approve")]
    procedure = {
        "item": ITEM,
        "regime": "licence",
        "kind": "promised",
        "statutory_days": 20,
        "promised_days": 20,
        "delivery_days": 10,
        "extension_days": 10,
        "extension_moves_promise": False,
        "correction_days": 5,
        "steps": [{"name": name, "post": post, "role": role} for name, post, role in steps],
        "basis": "导入的日志自带时限",
    }
    send(client, "POST", f"/catalogue/nodes/{node}/procedures", json=procedure, headers={"Idempotency-Key": f"replay:{ITEM}:procedure"})


def run_import(box: OneBox, log: str, cases: Sequence[LoggedCase], console: Console) -> None:
    """Sends every case to its node's site; may be stopped anywhere and run again."""
    shares = spread(cases, hosted(box.sites))
    bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=console)
    with bar as progress, ExitStack() as open_clients, ThreadPoolExecutor(TOGETHER) as pool:
        task = progress.add_task("导入办件", total=len(cases))
        waiting: list[Future[None]] = []
        for site in box.sites:
            publish(open_clients.enter_context(site.client("editor")), site.code)
            client = open_clients.enter_context(site.client())
            for node in sorted(node["code"] for node in site.nodes):
                waiting.extend(pool.submit(_send_batch, client, node, log, batch) for batch in _batches(shares[node]))
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
            yield from _batches(shares[node])


def _send_batch(client: httpx2.Client, node: str, log: str, batch: Sequence[LoggedCase]) -> None:
    body = {"log": log, "timeline": log, "cases": [as_import(case) for case in batch]}
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
    """Until every site is quiet and the city has verified everything. Raises `TimeoutError`."""
    end = time.monotonic() + seconds
    before: object = None
    while time.monotonic() < end:
        now = _picture(box)
        if now is not None and now == before:
            return
        before = now
        time.sleep(0.3)
    raise TimeoutError("the city did not catch up in time")


def _picture(box: OneBox) -> object | None:
    """Everybody's heads, once all cursors and the city stand at them; None before."""
    every: dict[str, int] = {}
    cursors: list[tuple[str, int, bool]] = []
    for site in box.sites:
        with site.client() as client:
            for service in send(client, "GET", "/site/status")["services"].values():
                every.update({head["source"]: head["sequence"] for head in service["heads"]})
                cursors.extend((cursor["source"], cursor["sequence"], cursor["behind"]) for cursor in service["cursors"])
    with box.city.client() as client:
        city = {feed["source"]: feed["verified"] for feed in send(client, "GET", "/hub/feeds")}
    if any(every.get(source, 0) != sequence or behind for source, sequence, behind in cursors):
        return None
    if any(city.get(source) != sequence for source, sequence in every.items()):
        return None
    return every
