"""One way to make an application: routers in, problems, accounts, health, telemetry and fixed headers around them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.telemetry import Health, Report, bare_span, recorded
from libs.web.accounts import Accounts
from libs.web.declared import declare
from libs.web.headers import SecurityHeaders
from libs.web.pages import Assets, Pages
from libs.web.problems import Rule, add_problems, fault
from libs.web.signin import ATTEMPT_SECONDS, ATTEMPTS, RateLimit, Sessions, sign_in_router
from libs.web.strict import strictly

MAX_BODY: Final = 2 * 1024 * 1024
QUIET: Final = re.compile(r"/(health|static)/")
"""Paths without spans: asked all the time, and nobody would look."""

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
    catalogue: bool = False,
    max_body: int = MAX_BODY,
) -> FastAPI:
    """An application with `routers` and everything around them. Routes are tried in order: the router that is asked most comes first.

    `problems` (of `problem_for`) answer exceptions beyond `Refused`. `site` keeps the sessions of sites on one machine apart.
    With `pages` there are static files, a sign-in page and errors for people; `catalogue` adds the kit's living catalogue at `/kit`.
    `max_body` is in bytes; larger bodies are answered 413.
    """
    app = FastAPI(
        title=title,
        lifespan=lifespan or _nothing,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"operation_spans": False, "logs": False, "auto_configure": False, "exclude": _unrecorded},
    )
    app.state.accounts, app.state.sessions = accounts, Sessions(accounts, site)
    app.add_middleware(Guard, pages=pages, max_body=max_body)
    app.add_middleware(SecurityHeaders)
    add_problems(app, problems, pages)
    for router in routers:
        _add(app, router)
    _add(app, _health(health))
    if pages is not None:
        _add_pages(app, pages, catalogue)
    return app


def _add(app: FastAPI, router: APIRouter) -> None:
    """Takes the routes over one by one: an included router is searched twice a request, 50 µs more with sixty routes. Every route is read
    strictly and declares its answers here, whoever made it. Raises `TypeError` for one that would not be.
    """
    for route in router.routes:
        if not isinstance(route, APIRoute):
            raise TypeError(f"{route!r} cannot be read strictly: put its routes into one router")
        declare(route)
        route.app = strictly(route)
        app.router.routes.append(route)


class Guard:
    """Answers what nobody foresaw, and refuses bodies that are too large before they are taken in."""

    def __init__(self, app: ASGIApp, pages: Pages | None, max_body: int) -> None:
        self._app, self._pages, self._max_body = app, pages, max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope.get("fastapi.telemetry", self) is None:  # left out by `_unrecorded`
            with bare_span(_traceparent(scope)):
                await self._answer(scope, receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, taken = False, 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._max_body:
                raise HTTPException(413)
            return message

        async def noticing(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, limited, noticing)
        except Exception as exc:  # the last place to answer: whatever it is, the caller learns that it failed
            if started:
                raise
            await fault(Request(scope), exc, self._pages)(scope, receive, send)


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


def _add_pages(app: FastAPI, pages: Pages, catalogue: bool) -> None:
    for name, folder in pages.static.items():
        app.mount(f"/static/{name}", Assets(directory=folder))
    _add(app, sign_in_router(pages, app.state.sessions, RateLimit(ATTEMPTS, ATTEMPT_SECONDS)))
    if catalogue:
        _add(app, _catalogue(pages))


def _catalogue(pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/kit")
    async def kit(request: Request) -> Response:
        return pages.render(request, "catalogue.html")

    return router


def _traceparent(scope: MutableMapping[str, Any]) -> str:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), "")


def _unrecorded(scope: MutableMapping[str, Any]) -> bool:
    return QUIET.match(scope["path"]) is not None or not recorded(_traceparent(scope))


@asynccontextmanager
async def _nothing(_: FastAPI) -> AsyncIterator[None]:
    yield
