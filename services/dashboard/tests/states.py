"""Every page in every state: full, empty, of a large city, not yet current, of a service that does not answer; and the pages as they are served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, HTTPException

from libs.authority import Post, posted
from libs.telemetry import Health
from libs.web import Accounts, make_app
from services.dashboard import http
from services.dashboard.app import pages as pages_of
from services.dashboard.tests import answers
from services.dashboard.tests.answers import CASE, CLOCK, clock, event, recent, row
from services.dashboard.tests.test_http import ANSWERS, SITE, now

LONG: Final = "对生产、储存烟花爆竹的企业以及经营危险化学品的建设项目安全设施设计审查（含改建、扩建）"
COUNTIES: Final = ("翠屏区", "南溪区", "叙州区", "江安县", "长宁县", "高县", "珙县", "筠连县", "兴文县", "屏山县")
MANY: Final = 300
BUSY: Final[dict[str, Any]] = {"yellow": 3, "red": 2, "open": 12058}


def many() -> tuple[dict[str, Any], ...]:
    """The nodes of a large city: the city, its counties, their townships; of the townships a few late, a few silent, one that never spoke."""
    city = answers.node(code="511500", name="宜宾市", parent="510000", yellow=0)
    counties = [
        answers.node(code=f"51150{n}" if n < 10 else f"5115{n}", name=name, parent="511500", yellow=0) for n, name in enumerate(COUNTIES, 2)
    ]
    towns = [_town(n, counties[n % len(counties)]) for n in range(MANY - len(counties) - 1)]
    return (city, *counties, *towns)


def _town(n: int, county: dict[str, Any]) -> dict[str, Any]:
    code, name = f"{county['code']}{100 + n // 10}", f"{county['name']}第{n // 10 + 1}便民服务中心"
    if n == 288:
        return answers.node("unknown", code=code, name=name, parent=county["code"], seen=None, age_seconds=None, yellow=0, open=0)
    if n % 97 == 6:
        return answers.node("silent", code=code, name=name, parent=county["code"], age_seconds=840.0, yellow=0)
    numbers: dict[str, Any] = BUSY if n % 41 == 40 else {"yellow": n % 17 // 16, "red": 0, "open": n * 37 % 212}
    return answers.node(code=code, name=name, parent=county["code"], age_seconds=70.0 if n == 12 else float(n % 30), **numbers)


def large() -> dict[str, Any]:
    """The answer of a large city, with names as long as the catalogue has them."""
    found = answers.city(*(recent("examined", suspended=True, red=True, item_name=LONG) for _ in range(12)), nodes=many(), cards=True)
    cards = [answers.changed(found["cards"][0], item_name=LONG, department=LONG[:20], colour=colour) for colour in ("red", "yellow")]
    return answers.changed(found, cards=cards * 6)


def feeds() -> list[dict[str, Any]]:
    """The feeds of a large city: most are well."""
    ill = {3: "forked", 4: "gap"}
    kept = answers.kept("hub-feeds")[0]
    return [
        answers.changed(kept, source=f"urn:liandong:{one['code']}:intake", node=one["code"], state=ill.get(n, "live"), waiting=n % 50 // 49)
        for n, one in enumerate(many())
    ]


def worked() -> dict[str, Any]:
    """A case with everything: clocks that were stopped, cards, events of which one waits."""
    told = {"clock": CLOCK, "case": CASE, "start": "2026-11-16T01:00:00Z", "kind": "promised"}
    suspension = f"clock:{CASE}:suspension:1"
    of_clock = answers.event("liandong.deadline.ClockStarted.v1")["data"]
    events = [
        event("liandong.intake.CaseFiled.v1"),
        event("liandong.deadline.ClockStarted.v1", {**of_clock, **told}),
        event("liandong.deadline.ClockStarted.v1", {**of_clock, **told, "clock": suspension, "start": "2026-11-18T16:00:00Z"}),
        event(
            "liandong.deadline.ClockYellow.v1", {**event("liandong.deadline.ClockYellow.v1")["data"], **told, "at": "2026-11-22T16:00:00Z"}
        ),
        event("liandong.intake.CorrectionsRequested.v1", verified=False),
    ]
    clocks = (
        clock(due_at="2026-11-24T16:00:00Z", yellow=True),
        clock(clock=f"clock:{CASE}:statutory", kind="statutory", due_at=None),
        clock(clock=suspension, kind="suspension", label="鉴定"),
    )
    return answers.timeline(row("examined", suspended=True, yellow=True, item_name=LONG), *events, clocks=clocks)


NOTHING: Final[Mapping[str, Any]] = {
    **ANSWERS,
    "/hub/city": answers.changed(answers.city(), nodes=[]),
    "/hub/feeds": [],
    "/site/status": answers.status(),
    f"/hub/cases/{CASE}": answers.timeline(row(None, item=None, item_name=None, filed_at=None, node_name=None)),
    f"/intake/cases/{CASE}": answers.listed(),
    f"/deadline/cases/{CASE}/clocks": [],
    **{f"/catalogue/nodes/{node.code}/items": {"items": [], "next": None} for node in SITE.nodes},
}
LARGE: Final[Mapping[str, Any]] = {
    **ANSWERS,
    "/hub/city": large(),
    "/hub/feeds": feeds(),
    "/site/status": answers.status(parked=3, waiting=1204, stopped=True, away=("kafka",)),
    f"/hub/cases/{CASE}": worked(),
    "/catalogue/nodes/511525/items": {"items": [{**answers.ITEM, "name": LONG}] * 10, "next": None},
}
CITYS: Final = ("/city", "/network", f"/cases/{CASE}", "/find?number=取水")
SITES: Final = ("/here", f"/cases/{CASE}?sequence=9", f"/clocks/{CLOCK}", "/find?number=91511500MA62A0000X")
ALONE: Final = (
    "/city?only=red&under=511507&nodes-sort=-open#nodes",
    "/city?nodes-find=zzz&nodes-page=7",
    "/network?wrong-page=2&feeds-page=9&feeds-sort=-kept",
    "/find?number=110101199003078515",
    "/cases/511525-20261123-000099-7",
    "/account",
)
STATES: Final[Mapping[str, tuple[bool, Mapping[str, Any], str]]] = {
    **{
        f"{name} {path}": (hub, found, path)
        for name, found in (("full", ANSWERS), ("empty", NOTHING), ("large", LARGE))
        for hub, paths in ((True, CITYS), (False, SITES))
        for path in paths
    },
    **{f"alone {path}": (True, LARGE, path) for path in ALONE},
    "away /city": (True, {"/hub/city": HTTPException(503)}, "/city"),
}
"""Name of a state → whether the city's pages, what the services answer, the address."""


class Said:
    """Services that answer this; what they do not, is not there."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        self.found = found

    async def ask(self, request: Any, path: str, **query: Any) -> Any:
        return (await self.told(request, path, **query)).said

    async def told(self, _request: Any, path: str, **query: Any) -> http.Answered:
        answer = self.found.get(path, HTTPException(404))
        if isinstance(answer, HTTPException):
            raise answer
        return http.Answered(answer, "sequence" not in query)


class Front:
    """The pages over what the services answer, and a leader of the city who opens them."""

    def __init__(self, hub: bool, found: Mapping[str, Any]) -> None:
        behind: Any = Said(found)
        pages, accounts = pages_of(SITE, city=hub), Accounts()
        _, self.token = accounts.issue("L0001", posted([Post.LEADER], ["511500"]), "市中心领导")
        routes = http.router(SITE, behind, pages, now, hub=hub, city="http://city")
        self.app: FastAPI = make_app("pages", routers=[routes], accounts=accounts, health=Health(), pages=pages)
