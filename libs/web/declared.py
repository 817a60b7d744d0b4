"""How a route may answer, told in its description: what follows from what it takes, so that nobody writes it by hand and a new route has it.

What a route answers besides, it says itself: `responses=REFUSES`.
"""

from __future__ import annotations

from typing import Any, Final

from fastapi.routing import APIRoute

from libs.web.problems import SCHEMA
from libs.web.takes import Takes, takes

Answers = dict[int | str, dict[str, Any]]
MEANS: Final = {
    400: "请求头缺少、重复或不对：幂等键、版本",
    401: "没有登录，或令牌不对",
    403: "没有这项权限，或不在该节点履职",
    404: "没有找到，或该节点不在这里",
    409: "依规定不能这样做；理由和依据见 title、type",
    412: "版本已变，或这里没有版本",
    413: "内容太大",
    415: "不支持这种内容类型",
    422: "填写有误；哪一项、为什么见 fields",
    429: "太频繁；过 Retry-After 秒再试",
    500: "系统出错；trace 可供查询",
    503: "暂时不能回答；过 Retry-After 秒再试",
}
DONE: Final = {200: "结果", 201: "已写入"}


def _problem(status: int) -> dict[str, Any]:
    return {"description": MEANS[status], "content": {"application/problem+json": {"schema": SCHEMA}}}


REFUSES: Final[Answers] = {409: _problem(409)}
"""For a route that puts commands without an idempotency key."""


def declare(route: APIRoute) -> None:
    """Has the route's description say how it may answer."""
    route.responses = {**{status: _problem(status) for status in sorted(statuses(takes(route)))}, **route.responses}
    route.response_description = DONE[route.status_code or 200]


def statuses(taken: Takes) -> set[int]:
    """Every no and every fault that may come of a request to a route which takes this."""
    found = {422, 500}
    found |= {404} if taken.place else set()
    found |= {401, 403, 503} if taken.who else set()
    found |= {409} if taken.keyed else set()
    found |= {429, 503} if taken.limited else set()
    return found | (set() if taken.reads else {400, 412, 413, 415})
