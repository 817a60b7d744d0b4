"""What somebody may open: asked of the route that would answer there, by the very question that it asks (decision 0032)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.routing import Match

from libs.web.accounts import Account
from libs.web.signin import Require, SignedIn

FIRST: Final = "/"
"""The address that leads everybody to the first page of their own."""
ACCOUNT: Final = "/account"
"""What everybody who has signed in may open."""


def opens(request: Request, account: Account | None, address: str) -> bool:
    """Whether something is read at an address of this site, and may be by this account today; None is somebody who has not signed in."""
    found = _read_at(request, unquote(urlsplit(address).path))
    if found is None:
        return False
    route, parts = found
    asked = list(_asked(route.dependant))
    if account is None:
        return not asked
    state = request.app.state
    return all(one.why_not(account, parts, state.site, state.today()) is None for one in asked)


def _read_at(request: Request, path: str) -> tuple[APIRoute, Mapping[str, str]] | None:
    """The route that answers there, and the parts of the path; outside of an application nothing does."""
    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
    for route in request.app.routes if "app" in request.scope else ():
        match, found = route.matches(scope)
        if match is Match.FULL and isinstance(route, APIRoute):
            return route, found["path_params"]
    return None


def _asked(dependant: Dependant) -> Iterator[Require | SignedIn]:
    """What a route, and everything it depends on, asks of whoever asks."""
    if isinstance(dependant.call, Require | SignedIn):
        yield dependant.call
    for inner in dependant.dependencies:
        yield from _asked(inner)
