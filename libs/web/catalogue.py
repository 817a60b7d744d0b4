"""The living catalogue: every component in every state, in the frame of staff (`/kit`) and of the public (`/kit/public`). All of it is made up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from libs.web.filled import Filled
from libs.web.listing import ListAsk, ListColumn, list_ask, listed
from libs.web.pages import Pages
from libs.web.signin import perhaps_signed_in

HOSTILE: Final = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\u202e倒过来\u202c{{ 7 * 7 }}"
LONG: Final = "对生产、储存烟花爆竹的企业以及经营危险化学品的建设项目安全设施设计审查（含改建、扩建）"
HASH: Final = "9f2c41d07a3e5b61c2d80f47e1a9b3c5d6e7f8091a2b3c4d5e6f708192a3b4c5"
AT: Final = datetime(2026, 11, 23, 7, 10, tzinfo=UTC)
TOWNS: Final = ("文江镇", "庆岭镇", "嘉乐镇", "沙河镇", "罗场镇", "蕉村镇", "可久镇", "来复镇", "月江镇", "胜天镇")
COUNTIES: Final = ("翠屏区", "南溪区", "叙州区", "江安县", "长宁县", "高县", "珙县", "筠连县", "兴文县", "屏山县")


class MadeUpNode(NamedTuple):
    """A made-up node."""

    code: str
    name: str
    open: int
    yellow: int
    red: int
    state: str
    age: int | None


def _places() -> list[MadeUpNode]:
    """300 nodes: a few late, a few silent, one that never said anything."""
    found = []
    for n in range(300):
        name = f"{COUNTIES[n % 10]}{TOWNS[n // 30]}" if n >= 10 else COUNTIES[n]
        red, yellow = (n * 7) % 23 // 21, (n * 5) % 17 // 13
        state = "未接入" if n == 299 else "静默" if n % 97 == 6 else "在线"
        found.append(
            MadeUpNode(f"{511500 + n % 10 + 1}{n // 10:03d}", name, (n * 37) % 212, yellow, red, state, None if n == 299 else n % 9 + 1)
        )
    return found


PLACES: Final = _places()
COLUMNS: Final = (
    ListColumn[MadeUpNode]("name", "节点", lambda row: f"{row.code} {row.name}", finds=True),
    ListColumn[MadeUpNode]("open", "在办", lambda row: row.open, number=True, falling=True),
    ListColumn[MadeUpNode]("yellow", "黄牌", lambda row: row.yellow, number=True, falling=True),
    ListColumn[MadeUpNode]("red", "红牌", lambda row: row.red, number=True, falling=True),
    ListColumn[MadeUpNode]("age", "网络", lambda row: row.age, falling=True),
)
WRONG: Final = Filled(
    {"name": "宜宾某某餐饮有限公司", "code": "91511500MA0000000", "why": HOSTILE, "kind": "canteen", "how": "post", "papers": ["plan"]}
    | {"until-year": "2026", "until-month": "13", "until-day": "1", "amount": "12元5角"},
    {
        "code": "统一社会信用代码应为 18 位，这里有 17 位",
        "why": "理由最多 200 字",
        "kind": "这一类不在本窗口受理",
        "how": "邮寄须填写地址",
        "papers": "缺：健康证明",
        "until": "没有这一天，请核对年、月、日",
        "amount": "金额以元为单位，最多两位小数，如 120 或 120.50",
        "scan": "文件有 31 MB，最多 20 MB",
    },
)
POSSIBLE: Final = (
    ("核准", "#acts", ""),
    ("不予许可…", "#acts", ""),
    ("延长…", "#acts", ""),
    ("送达", "", "尚未作出决定。"),
    ("审查", "", "核准人须不同于审查人 C0122（一审一核，行政许可法第三十四条）。"),
    ("中止计时…", "", "您的岗位（窗口受理）在高县没有这项授权；有授权的是：核准岗。"),
)


def catalogue_router(pages: Pages) -> APIRouter:
    """The catalogue, and a stream for the part of it that moves."""
    router, known = APIRouter(include_in_schema=False), [Depends(perhaps_signed_in)]

    @router.get("/kit", dependencies=known)
    async def kit(request: Request, nodes: Annotated[ListAsk, Depends(list_ask("nodes"))]) -> Response:
        return pages.render(request, "catalogue.html", **shown(nodes))

    @router.get("/kit/public", dependencies=known)
    async def public(request: Request) -> Response:
        return pages.render(request, "public/sample.html", at=AT, fee=Decimal("1234.5"), unpaid=("请填写金额", "#paid"))

    @router.get("/kit/moving")
    async def moving() -> Response:
        return StreamingResponse(_moving(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return router


def shown(nodes: ListAsk) -> dict[str, Any]:
    """What the catalogue's templates are filled with."""
    return {
        "nodes": listed(PLACES, COLUMNS, nodes, order="-red", size=20, name="nodes"),
        "bare": listed([], COLUMNS, ListAsk(), name="bare"),
        "missing": listed(PLACES, COLUMNS, ListAsk(find=HOSTILE), name="missing"),
        "wrong": WRONG,
        "possible": POSSIBLE,
        "hostile": HOSTILE,
        "long": LONG,
        "hash": HASH,
        "at": AT,
        "fee": Decimal("1234.5"),
    }


async def _moving() -> AsyncIterator[str]:
    """One message: the page that shows it was told by the stream. Whoever lost it asks again in five seconds, not twice a second."""
    yield "retry: 5000\ndata: <p>已由服务器送来</p>\n\n"
