"""A small application with one route for every way to ask and every way to fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI
from httpx2 import ASGITransport, AsyncClient
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from libs.decider import Refused
from libs.telemetry import Health, current_traceparent
from libs.web import Account, Accounts, NavLink, Pages, Role, make_app, problem_for, require
from libs.web.catalogue import shown
from libs.web.headers import IdempotencyKey, IfMatch, etag, versions
from libs.web.listing import ListAsk

HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


NAV = [
    NavLink("全市", "/"),
    NavLink("组件", "/kit"),
    NavLink("网络", "/network", frozenset({"leader"})),
    NavLink("窗口", "/desk", frozenset({"clerk"})),
]


class Conflict(Exception):
    def __init__(self, found: int) -> None:
        super().__init__("stream secret is elsewhere")
        self.found = found


class Busy(Exception):
    """Too many wait."""


class Filing(BaseModel):
    item: str = Field(min_length=1)
    days: int


def routes(pages: Pages | None) -> APIRouter:
    router = APIRouter()

    @router.get("/open")
    async def open_to_all(q: str = "") -> dict[str, str]:
        return {"trace": current_traceparent()}

    @router.get("/me")
    async def me(account: Annotated[Account, Depends(require())]) -> dict[str, str]:
        return {"staff": account.staff}

    @router.get("/nodes/{node}")
    async def seen(node: str, account: Annotated[Account, Depends(require(Role.CLERK, Role.LEADER))]) -> str:
        return f"{account.staff} {node}"

    @router.post("/nodes/{node}/cases")
    async def file(
        node: str, filing: Filing, key: IdempotencyKey, account: Annotated[Account, Depends(require(Role.CLERK))], if_match: IfMatch = None
    ) -> Response:
        return Response(f"{key} {versions(if_match)}", headers={"ETag": etag(8)})

    _misfortunes(router, pages)
    return router


def _misfortunes(router: APIRouter, pages: Pages | None) -> None:
    @router.post("/elsewhere/{other}")
    async def elsewhere(other: str, account: Annotated[Account, Depends(require(Role.CLERK))]) -> str:
        account.must_work_for(other)
        return other

    @router.get("/fails/{how}")
    async def fails(how: str) -> None:
        raise {
            "refused": Refused("already-told-once", "应当一次告知全部需要补正的内容"),
            "conflict": Conflict(7),
            "busy": Busy("inside"),
            "http": HTTPException(404),
            "teapot": HTTPException(418, "short and stout"),
            "fault": RuntimeError("password=secret"),
        }[how]

    @router.get("/page")
    async def page(request: Request, account: Annotated[Account, Depends(require(Role.LEADER))]) -> Response:
        assert pages is not None
        return pages.render(request, "catalogue.html", **shown(ListAsk()))


class Stand:
    """The application and who may ask it."""

    def __init__(self, *, pages: bool = True) -> None:
        self.accounts = Accounts()
        _, self.clerk = self.accounts.issue("C0117", [Role.CLERK], ["511525"], "窗口受理")
        _, self.leader = self.accounts.issue("L0001", [Role.LEADER], ["511500"], "市中心领导")
        self.health = Health()
        kit = Pages(brand="联动 · 高县", nav=NAV, find="/find") if pages else None
        self.app: FastAPI = make_app(
            "stand",
            routers=[routes(kit)],
            accounts=self.accounts,
            health=self.health,
            pages=kit,
            problems=[
                problem_for(Conflict, 412, "conflict", more=lambda exc: {"found": exc.found}),
                problem_for(Busy, 503, "busy", retry_after=1),
            ],
            site="511525",
            catalogue=pages,
            max_body=1000,
        )

    @asynccontextmanager
    async def browser(self, token: str = "", url: str = "http://stand") -> AsyncIterator[AsyncClient]:
        """A client that keeps cookies; with `token`, one that shows it with every request."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with AsyncClient(transport=ASGITransport(app=self.app), base_url=url, headers=headers) as client:
            yield client
