"""One way to make an application: routers in, problems, accounts, health, telemetry and fixed headers around them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, datetime
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.telemetry import Health, Report, bare_span, recorded, tracing
from libs.web.accounts import Accounts
from libs.web.bodies import LEFT_OVER, MAX_JSON, announced, undrained
from libs.web.catalogue import catalogue_router
from libs.web.choices import choices_router
from libs.web.commands import Described
from libs.web.declared import declare
from libs.web.entrance import Entrance
from libs.web.front import sign_in_router
from libs.web.headers import SECURITY, SecurityHeaders
from libs.web.lean import CommandTable, Doorway, Served
from libs.web.pages import Assets, Pages
from libs.web.passing import passing_entrance
from libs.web.problems import Problems, Rule
from libs.web.reads import unrecorded
from libs.web.strict import strictly
from libs.workdays import CHINA

QUIET: Final = re.compile(r"/(health|static)/")
"""Paths without spans: asked all the time, and nobody would look."""


def china_today() -> date:
    """The day it is in China."""
    return datetime.now(CHINA).date()


Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def make_app(
    title: str,
    *,
    routers: Sequence[APIRouter],
    accounts: Accounts,
    health: Health,
    lifespan: Lifespan | None = None,
    pages: Pages | None = None,
    problems: Sequence[Rule[Any]] = (),
    site: str = "",
    today: Callable[[], date] = china_today,
    entrance: Entrance | None = None,
    catalogue: bool = False,
    max_body: int = MAX_JSON,
) -> FastAPI:
    """An application with `routers` and everything around them. Routes are tried in order: the router that is asked most comes first.

    `problems` (of `problem_for`) answer exceptions beyond `Refused`. `site` is the node that is meant where a path names none; `entrance` keeps
    sessions, else this process does; grants are asked about `today`. With `pages` there are static files, a sign-in page and errors for people;
    `catalogue` adds the kit's living catalogue at `/kit`. `max_body` is in bytes, for the routes that say nothing else; larger: 413.
    """
    answers = Problems(problems, pages)
    app = LeanApp(
        CommandTable(Doorway(accounts, today), answers),
        title=title,
        lifespan=lifespan or _nothing,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"operation_spans": False, "logs": False, "auto_configure": False, "exclude": _unrecorded},
    )
    _stands(app, accounts, entrance or passing_entrance(accounts), site, today, pages)
    app.add_middleware(Guard, problems=answers)
    app.add_middleware(SecurityHeaders)
    answers.add_to(app)
    for router in (*routers, _health(health)):
        _add(app, router, max_body)
    if pages is not None:
        _add_pages(app, pages, max_body, catalogue)
    return app


def _stands(app: FastAPI, accounts: Accounts, entrance: Entrance, site: str, today: Callable[[], date], pages: Pages | None) -> None:
    """What requests find of the site."""
    app.state.accounts, app.state.entrance, app.state.pages = accounts, entrance, pages
    app.state.site, app.state.today, app.state.reads = site, today, unrecorded


class LeanApp(FastAPI):
    """CommandTable are answered in front of everything else, where their request is not recorded; all that is not a command goes its usual way."""

    def __init__(self, commands: CommandTable, **more: Any) -> None:
        super().__init__(**more)
        self.commands = commands

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        if announced(scope["headers"]) > LEFT_OVER:
            receive, send = undrained(receive, send)
        found = self.commands.find(scope["path"]) if scope["method"] == "POST" else None
        if found is None or (tracing() and recorded(_traceparent(scope))):
            await super().__call__(scope, receive, send)
        elif tracing():
            with bare_span(_traceparent(scope)):
                await self._put(*found, scope, receive, send)
        else:
            await self._put(*found, scope, receive, send)

    async def _put(self, served: Served, place: str, scope: Scope, receive: Receive, send: Send) -> None:
        scope["app"] = self
        answer = await self.commands.answer(served, place, scope, receive)
        answer.raw_headers.extend(SECURITY)
        await answer(scope, receive, send)


def _add(app: LeanApp, router: APIRouter, most: int) -> None:
    """Takes the routes over one by one: an included router is searched twice a request, 50 µs more with sixty routes. Every route is read
    strictly and declares its answers here, whoever made it. Raises `TypeError` for one that would not be.
    """
    for route in router.routes:
        if not isinstance(route, APIRoute):
            raise TypeError(f"{route!r} cannot be read strictly: put its routes into one router")
        declare(route)
        route.app = app.commands.add(route, most) if isinstance(route, Described) else strictly(route, most)
        app.router.routes.append(route)


class Guard:
    """Answers what nobody foresaw."""

    def __init__(self, app: ASGIApp, problems: Problems) -> None:
        self._app, self._problems = app, problems

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope.get("fastapi.telemetry", self) is None:  # left out by `_unrecorded`
            with bare_span(_traceparent(scope)):
                await self._answer(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noticing(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noticing)
        except Exception as exc:  # the last place to answer: whatever it is, the caller learns that it failed
            if started:
                raise
            await self._problems.fault(Request(scope), exc)(scope, receive, send)


def _health(health: Health) -> APIRouter:
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live")
    async def live() -> Report:
        return health.live()

    @router.get("/ready", response_model=Report, responses={503: {"model": Report, "description": "还没有就绪；哪一项、为什么见 checks"}})
    async def ready() -> Response:
        report = await health.ready()
        return JSONResponse(report, 200 if report["state"] == "up" else 503)

    return router


def _add_pages(app: LeanApp, pages: Pages, most: int, catalogue: bool) -> None:
    for name, folder in pages.static.items():
        app.mount(f"/static/{name}", Assets(directory=folder))
    _add(app, choices_router(), most)
    _add(app, sign_in_router(pages, app.state.accounts, app.state.entrance), most)
    if catalogue:
        _add(app, catalogue_router(pages), most)


def _traceparent(scope: MutableMapping[str, Any]) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), "")


def _unrecorded(scope: MutableMapping[str, Any]) -> bool:
    return QUIET.match(scope["path"]) is not None or not recorded(_traceparent(scope))


@asynccontextmanager
async def _nothing(_: FastAPI) -> AsyncIterator[None]:
    yield
