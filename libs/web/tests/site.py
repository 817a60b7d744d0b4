"""A small application with one route for every way to ask and every way to fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Form
from httpx2 import ASGITransport, AsyncClient
from httpx2 import Response as Got
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from libs.authority import Post, posted
from libs.decider import Refused
from libs.telemetry import Health, current_traceparent
from libs.web import Account, Accounts, NavLink, NodePath, Pages, TypedBefore, acting, make_app, passing_entrance, problem_for, require
from libs.web.catalogue import shown
from libs.web.headers import IdempotencyKey, IfMatch, etag, versions
from libs.web.listing import ListAsk
from libs.web.passwords import hashed

HERE = Path(__file__).parent
PASSWORD = "纸-tree-9"
KEPT = hashed(PASSWORD)
"""Everybody's, here."""
HTML = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


NAV = [
    NavLink("首页", "/"),
    NavLink("组件", "/kit"),
    NavLink("给所有人", "/kit/public"),
    NavLink("网络", "/network"),
    NavLink("窗口", "/desk"),
    NavLink("没有的", "/gone"),
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
    async def me(account: Annotated[Account, Depends(require("catalogue.read-items"))]) -> dict[str, str]:
        return {"staff": account.staff}

    @router.get("/nodes/{node}")
    async def seen(node: str, account: Annotated[Account, Depends(require("intake.read-cases"))]) -> str:
        return f"{account.staff} {node}"

    @router.post("/nodes/{node}/cases")
    async def file(
        node: NodePath,
        filing: Filing,
        key: IdempotencyKey,
        account: Annotated[Account, Depends(require("intake.accept"))],
        if_match: IfMatch = None,
    ) -> Response:
        return Response(f"{key} {versions(if_match)}", headers={"ETag": etag(8)})

    _misfortunes(router, pages)
    _ways(router)
    return router


def _ways(router: APIRouter) -> None:
    """Where the navigation leads."""
    for path, act in (("/network", "hub.read-feeds"), ("/desk", "intake.accept"), ("/find", "dashboard.read-pages")):
        asked = Depends(require(act))

        @router.get(path, include_in_schema=False)
        async def way(request: Request, account: Account = asked) -> str:
            return f"{account.staff} {request.url.path}"


def _misfortunes(router: APIRouter, pages: Pages | None) -> None:
    @router.post("/elsewhere/{other}")
    async def elsewhere(other: str, account: Annotated[Account, Depends(require("intake.accept", anywhere=True))]) -> str:
        account.must("intake.accept", other, date(2026, 11, 28))
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

    @router.get("/notice/{node}", include_in_schema=False)
    async def notice(
        request: Request, node: str, account: Annotated[Account, Depends(require("intake.accept"))], typed: TypedBefore
    ) -> Response:
        assert pages is not None
        return pages.render(request, "own-form.html", node=node, typed=typed)

    @router.post("/notice/{node}", include_in_schema=False)
    async def give(
        node: str, account: Annotated[Account, Depends(acting("intake.accept"))], missing: Annotated[str, Form()] = ""
    ) -> Response:
        return Response(f"{account.staff} {node} {missing}")

    @router.get("/page")
    async def page(request: Request, account: Annotated[Account, Depends(require("dashboard.read-pages"))]) -> Response:
        assert pages is not None
        return pages.render(request, "catalogue.html", **shown(ListAsk()))


class Stand:
    """The application and who may ask it."""

    def __init__(self, *, pages: bool = True, listed: bool = False) -> None:
        self.accounts, self.seconds = Accounts(), 1000.0
        clerk, self.clerk = self.accounts.issue("C0117", posted([Post.CLERK], ["511525"]), "窗口受理")
        other, self.other = self.accounts.issue("C0122", posted([Post.CLERK], ["511525"]), "窗口受理")
        leader, self.leader = self.accounts.issue("L0001", posted([Post.LEADER], ["511500"]), "市中心领导")
        for account in (clerk, other, leader):
            self.accounts.set_password(account, KEPT)
        self.health = Health()
        kit = Pages(HERE / "templates", brand="联动 · 高县", nav=NAV, find="/find", places={"511500": "宜宾市"}) if pages else None
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
            entrance=passing_entrance(self.accounts, lambda: self.seconds, listed=listed),
            catalogue=pages,
            max_body=1000,
        )

    @staticmethod
    async def sign_in(client: AsyncClient, staff: str, to: str = "/", password: str = PASSWORD) -> Got:
        """Fills in the form of the sign-in page."""
        return await client.post("/sign-in", data={"staff": staff, "password": password, "next": to})

    @asynccontextmanager
    async def browser(self, token: str = "", url: str = "http://stand") -> AsyncIterator[AsyncClient]:
        """A client that keeps cookies; with `token`, one that shows it with every request."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with AsyncClient(transport=ASGITransport(app=self.app), base_url=url, headers=headers) as client:
            yield client
