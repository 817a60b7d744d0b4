"""The last weeks of a new box: an old register, imported."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from rich.progress import Progress

from libs.workdays import CHINA, Calendar, Ledger, WorkingDays, derive, midnight
from services.onebox.box import OneBox
from services.onebox.cases import SEED
from services.onebox.door import send
from services.onebox.items import ITEMS
from services.onebox.replay import advance

PAST: Final = 260
REGISTER: Final = "old-register"
"""Name and timeline of the records of the last weeks."""
ALONE: Final = "C0122"
BY_ONE_ALONE: Final = frozenset({17, 98, 101})
"""The cases of the old register that one officer examined and approved, as real registers have them: the supervision finds them."""


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
    approver = ALONE if n in BY_ONE_ALONE else "C0130"
    acts = [
        {"name": name, "role": role, "officer": approver if role == "approve" else ALONE, "at": (filed + span * (place + 1)).isoformat()}
        for place, (name, _, role, _) in enumerate(steps)
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


def import_past(box: OneBox, progress: Progress, go_on: Callable[[], None]) -> None:
    """Imports the old register of every node, act by act; then lets its clocks run up to now. Before each node `go_on` may raise."""
    now, calendar = datetime.now(CHINA), Calendar.load()
    nodes = [(site, node["code"]) for site in box.sites for node in site.nodes]
    task = progress.add_task("近几周的旧登记（导入）", total=PAST)
    for place, (site, node) in enumerate(nodes):
        go_on()
        cases = [past(n, now, calendar) for n in range(place, PAST, len(nodes))]
        with site.client() as client:
            send(client, "POST", f"/intake/nodes/{node}/imports", json={"log": REGISTER, "timeline": REGISTER, "cases": cases})
        progress.advance(task, len(cases))
    advance(box, REGISTER, now)
