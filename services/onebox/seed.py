"""What a new box shows: a dozen items with procedures (our wording) and some hundred cases of the last weeks, by commands through the front door."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any, Final

import httpx2
import stamina
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from libs.workdays import CHINA, Calendar, Ledger, WorkingDays, derive, midnight
from services.cli.onebox import OneBox, SiteOfBox
from services.cli.replay import advance, send

SEED: Final = 2007
PAST: Final = 260
TODAY: Final = 90
WORKERS: Final = 8
REGISTER: Final = "old-register"
"""Name and timeline of the records of the last weeks."""

Steps = Sequence[tuple[str, str, str, int]]
_USUAL: Final[Steps] = (("现场核查", "examiner", "work", 2), ("审查", "examiner", "examine", 1), ("核准", "approver", "approve", 1))
_PAPER: Final[Steps] = (("审查", "examiner", "examine", 2), ("核准", "approver", "approve", 1))
ITEMS: Final = (
    ("LD-511A-0001", "食品经营许可（新办）", "市场监督管理局", 8, _USUAL, ("申请书", "场所平面布局图", "食品安全管理制度")),
    ("LD-511A-0002", "公共场所卫生许可", "卫生健康局", 10, _USUAL, ("申请书", "卫生检测报告")),
    ("LD-511A-0003", "建设工程规划许可", "自然资源和规划局", 15, _USUAL, ("申请书", "土地使用证明", "设计方案")),
    ("LD-511A-0004", "建筑工程施工许可", "住房和城乡建设局", 5, _PAPER, ("申请表", "施工图审查合格书")),
    ("LD-511A-0005", "医疗机构执业登记", "卫生健康局", 12, _USUAL, ("申请书", "场所证明", "人员资格证明")),
    ("LD-511A-0006", "林木采伐许可", "林业局", 6, _USUAL, ("申请表", "权属证明")),
    ("LD-511A-0007", "道路货物运输经营许可", "交通运输局", 7, _PAPER, ("申请表", "车辆证明")),
    ("LD-511A-0008", "取水许可", "水务局", 15, _USUAL, ("申请书", "水资源论证表")),
    ("LD-511A-0009", "民办学校设立", "教育和体育局", 18, _USUAL, ("申办报告", "章程", "资产证明")),
    ("LD-511A-0010", "娱乐场所设立许可", "文化广播电视和旅游局", 10, _USUAL, ("申请书", "消防合格证明")),
    ("LD-511A-0011", "动物防疫条件合格证", "农业农村局", 8, _USUAL, ("申请表", "场所布局图")),
    ("LD-511A-0012", "户外广告设置许可", "综合行政执法局", 5, _PAPER, ("申请表", "效果图")),
)
"""Code, name, department, promised working days, steps, materials."""


class Door:
    """The front door of a site, as its staff use it: one client per person, keys that make repeating harmless."""

    def __init__(self, site: SiteOfBox, ahead: str) -> None:
        self.site, self._ahead = site, ahead
        self._clients = {who: site.client(who) for who in ("clerk", "examiner", "approver", "editor", "operator")}
        self._count = 0

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def post(self, who: str, path: str, key: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One command. Busy or restarting sites are waited for; a refusal is an error."""
        return _post(self._clients[who], path, f"{self._ahead}:{key}", body or {})


def _again(error: Exception) -> bool:
    if isinstance(error, httpx2.HTTPStatusError):
        return error.response.status_code == 503 or (error.response.status_code == 409 and "unknown-item" in error.response.text)
    return isinstance(error, httpx2.TransportError)


@stamina.retry(on=_again, timeout=60, attempts=None, wait_max=1.0)
def _post(client: httpx2.Client, path: str, key: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(path, json=body, headers={"Idempotency-Key": key})
    if answer.is_error:
        answer.read()
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def publish(door: Door, node: str) -> None:
    """The items with their procedures, under `node`."""
    for code, name, department, promised, steps, _ in ITEMS:
        item = {"item": code, "name": name, "type_code": "01", "department": department}
        door.post("editor", f"/catalogue/nodes/{node}/items", f"{code}:item", item)
        procedure = {
            "item": code,
            "regime": "licence",
            "kind": "promised",
            "statutory_days": 20,
            "promised_days": promised,
            "delivery_days": 10,
            "extension_days": 10,
            "extension_moves_promise": False,
            "correction_days": 5,
            "steps": [{"name": n, "post": post, "role": role, "limit_days": days} for n, post, role, days in steps],
            "basis": "中华人民共和国行政许可法",
        }
        door.post("editor", f"/catalogue/nodes/{node}/procedures", f"{code}:procedure", procedure)


def work(door: Door, node: str, n: int) -> None:
    """One case, as far as its number says: most are finished, some wait, are corrected, suspended, withdrawn or turned away."""
    chance = random.Random(SEED * 100_003 + n)  # noqa: S311 (the same box every time)
    code, _, _, _, steps, materials = chance.choice(ITEMS)
    filed = door.post(
        "clerk", f"/intake/nodes/{node}/cases", f"{n}:file", {"item": code, "channel": "counter", "materials": list(materials)}
    )
    case = filed["case"]

    def do(who: str, act: str, body: dict[str, Any] | None = None, mark: str = "") -> None:
        door.post(who, f"/intake/cases/{case}/{act}", f"{n}:{act}{mark}", body)

    luck = chance.random()
    if luck < 0.06:
        do("clerk", "refusal-to-accept", {"reason": "不属于本机关职权范围", "right_agency": "宜宾市城市管理行政执法局"})
        return
    if luck < 0.2:
        do("clerk", "corrections-notice", {"missing": [materials[-1]]})
        if luck < 0.1:
            return
        do("clerk", "corrections-return", {"still_missing": []})
    elif luck < 0.25:
        return
    else:
        do("clerk", "acceptance")
    if luck < 0.3:
        do("clerk", "withdrawal")
        return
    if luck < 0.36:
        today = date.today().isoformat()  # noqa: DTZ011 (a written notice has the day of its desk)
        notice = {"reason": "testing", "expected_days": 5, "notice": "检验通知书", "notified": today, "first": today}
        do("approver", "suspension", notice)
        return
    _to_the_end(do, steps, luck)


def _to_the_end(do: Any, steps: Steps, luck: float) -> None:
    for number, (name, _, role, _) in enumerate(steps, start=1):
        who = "approver" if role == "approve" else "examiner"
        do(who, "steps/start", {"name": name}, f":{number}")
        if luck < 0.5 and number == len(steps):
            return
        do(who, "steps/done", {"name": name}, f":{number}")
    do("examiner", "examination", {"recommends": "granted"})
    if luck < 0.55:
        return
    do("approver", "approval", {"outcome": "granted"})
    do("approver", "decision", {"outcome": "granted", "document": f"许可决定书第 {int(luck * 10_000)} 号", "reasons": ""})
    if luck < 0.65:
        return
    do("clerk", "delivery", {"how": "counter"})
    do("clerk", "close")


def past(n: int, now: datetime, calendar: Calendar) -> dict[str, Any]:
    """A case of the last weeks as the old register has it: filed, worked and ended on working days; some late, some still open."""
    chance = random.Random(SEED * 7_919 + n)  # noqa: S311 (the same box every time)
    code, _, _, promised, steps, _ = chance.choice(ITEMS)
    today = now.astimezone(CHINA).date()
    day = calendar.before(today, chance.randint(2, 28))
    filed = midnight(day) + timedelta(hours=9, minutes=chance.randint(0, 460))
    limits = [derive(Ledger(filed, WorkingDays(days)), calendar).due_at for days in (promised, 20)]
    took = max(1, round(promised * chance.choice((0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.4))))
    end = midnight(calendar.after(day, took)) + timedelta(hours=14, minutes=chance.randint(0, 180))
    span = (end - filed) / (len(steps) + 1)
    officers = {"examiner": "C0122", "approver": "C0130"}
    acts = [
        {"name": name, "role": role, "officer": officers[post], "at": (filed + span * (place + 1)).isoformat()}
        for place, (name, post, role, _) in enumerate(steps)
        if filed + span * (place + 1) < now
    ]
    ended = {"at": end.isoformat(), "officer": "C0130"} if end < now else None
    first, second = (limit.isoformat() if limit else None for limit in limits)
    return {
        "ref": f"旧登记簿-{n + 1:04d}",
        "item": code,
        "channel": chance.choice(("counter", "counter", "post", "agent")),
        "filed": {"at": filed.isoformat(), "officer": "C0117", "promised": first, "statutory": second},
        "steps": acts,
        "decided": ended,
        "closed": ended,
    }


def import_past(box: OneBox, progress: Progress) -> None:
    """The old register of every node, as imported acts; then its clocks up to now."""
    now, calendar = datetime.now(CHINA), Calendar.load()
    nodes = [(site, node["code"]) for site in box.sites for node in site.nodes]
    task = progress.add_task("近几周的旧登记（导入）", total=PAST)
    for place, (site, node) in enumerate(nodes):
        cases = [past(n, now, calendar) for n in range(place, PAST, len(nodes))]
        with site.client() as client:
            send(client, "POST", f"/intake/nodes/{node}/imports", json={"log": REGISTER, "timeline": REGISTER, "cases": cases})
        progress.advance(task, len(cases))
    advance(box, REGISTER, now)


def seed(box: OneBox, console: Console) -> None:
    """Fills a new box; stopped half way, the next run goes on where it was."""
    nodes = [(site, node["code"]) for site in box.sites for node in site.nodes]
    doors = {site.code: Door(site, "seed") for site in box.sites}
    bar = Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console)
    with bar as progress, ThreadPoolExecutor(WORKERS) as pool:
        task = progress.add_task("事项和实施办法", total=len(box.sites))
        for site in box.sites:
            publish(doors[site.code], site.code)
            progress.advance(task)
        import_past(box, progress)
        task = progress.add_task("今天的办件", total=TODAY)
        places = [nodes[n % len(nodes)] for n in range(TODAY)]
        for _ in pool.map(lambda n: work(doors[places[n][0].code], places[n][1], n), range(TODAY)):
            progress.advance(task)
    for door in doors.values():
        door.close()
