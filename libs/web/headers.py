"""The headers a command comes with and every answer leaves with."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Annotated, Final

from fastapi import Header
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.codes import has_personal_number

_OURS: Final = re.compile(r'"([1-9][0-9]{0,17})"')
"""A tag that may have come from here: the version of a stream."""
_TAG: Final = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_PLACE: Final = rf"[ \t]*(?:{_TAG}[ \t]*)?"
"""A tag, or none; read in one way only, so that a long list costs no more than its length."""
_TAGS: Final = re.compile(rf"{_PLACE}(?:,{_PLACE})*")
_LONGEST: Final = 1000
"""Characters of an If-Match."""
ANY_VERSION: Final = range(1, 2**63)
"""Whichever version there is; a stream without events has none."""
CSP: Final = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
SECURITY: Final = (
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)

KEY: Final = "Idempotency-Key"
_DRAWN: Final = re.compile(
    r"(?<![0-9a-z])(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32,})(?![0-9a-z])", re.ASCII | re.IGNORECASE
)
"""Random ids and digests in a key: among so many digits some look like a number of somebody's."""


def _nobodys(key: str) -> str:
    """Refuses a key with an identity or mobile number: logs keep keys for ever, as they came."""
    if has_personal_number(_DRAWN.sub("|", key)):
        raise PydanticCustomError("personal-number", "不得含有身份证号码或手机号码；请用随机编号，如 UUID")
    return key


IdempotencyKey = Annotated[str, Header(alias=KEY, min_length=1, max_length=200, pattern=r"^[\x21-\x7e]+$"), AfterValidator(_nobodys)]
"""Names an act, so that repeating it is harmless. Printable ASCII, at most 200 characters, nobody's number in it; missing or malformed is
answered 400.
"""


IfMatch = Annotated[
    list[str] | None,
    Header(alias="If-Match"),
    WithJsonSchema({"type": "string", "maxLength": _LONGEST, "pattern": r'^(\*|(W/)?"[!#-~]*"(, (W/)?"[!#-~]*")*)$'}),
]
"""The lines of this header, of which `versions` makes what the caller takes; declare it as `if_match: IfMatch = None`."""


def versions(if_match: list[str] | None) -> Container[int] | None:
    """The versions that the caller takes for the present one, compared strongly (RFC 9110, 13.1.1): a weak tag, and one that never came from
    here, matches nothing. None: the caller does not ask. Raises `RequestValidationError` for what is neither a list of tags nor `*`.
    """
    if if_match is None:
        return None
    said = ", ".join(if_match)
    if said.strip(" \t") == "*":
        return ANY_VERSION
    if len(said) > _LONGEST or _TAGS.fullmatch(said) is None:
        because = '应为 ETag 给出的版本，如 "7"，可以并列几个，或只写 *'
        raise RequestValidationError([{"type": "if_match", "loc": ("header", "If-Match"), "msg": because}])
    return frozenset(int(ours[1]) for tag in re.findall(_TAG, said) if (ours := _OURS.fullmatch(tag)))


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
