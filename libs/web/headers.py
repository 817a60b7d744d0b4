"""The headers a command comes with and every answer leaves with."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Header
from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ETAG: Final = re.compile(r'"(0|[1-9][0-9]{0,17})"')
CSP: Final = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
SECURITY: Final = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)

IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$")]
"""Names an act, so that repeating it is harmless. Printable ASCII, at most 200 characters; missing or malformed is answered 400."""


def _version(tag: object) -> object:
    if not isinstance(tag, str):
        return tag
    found = ETAG.fullmatch(tag.strip())
    if found is None:
        raise PydanticCustomError("if_match", '应为由 ETag 得到的一个版本，如 "7"')
    return int(found[1])


IfMatch = Annotated[
    int | None,
    Header(alias="If-Match"),
    BeforeValidator(_version),
    WithJsonSchema({"type": "string", "pattern": f"^{ETAG.pattern}$"}),
]
"""The version the caller saw; declare it as `if_match: IfMatch = None`. Malformed (a weak tag, a list, `*`) is answered 400."""


def etag(version: int) -> str:
    """The version of a stream as an entity tag."""
    return f'"{version}"'


class SecurityHeaders:
    """Adds the fixed headers to every answer. Plain ASGI: one list extension a request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *SECURITY]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def same_origin(headers: Headers) -> bool:
    """Whether a form was sent from a page of this very site, as far as the browser says."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")
