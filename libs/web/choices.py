"""How a reader likes the pages: large print (适老化), and English where there is any. Kept in a cookie each, chosen by a link, without a script."""

from __future__ import annotations

from typing import Annotated, Final, Literal, NamedTuple

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.web.addresses import local
from libs.web.language import Language

LONGEST: Final = 8000
"""Characters of an address to go back to: the longest search, of signs that take nine each."""
A_YEAR: Final = 365 * 86400
PRINT: Final = "liandong-print"
LANGUAGE: Final = "liandong-language"
LARGE: Final = "large"


class Choices(NamedTuple):
    """What a browser said it likes."""

    large: bool = False
    language: Language = Language.CHINESE


def choices_of(request: Request) -> Choices:
    """What this browser likes; anything else that stands in a cookie is passed over."""
    english = request.cookies.get(LANGUAGE) == Language.ENGLISH
    return Choices(request.cookies.get(PRINT) == LARGE, Language.ENGLISH if english else Language.CHINESE)


def choices_router() -> APIRouter:
    """The address that a switch leads to, and back from."""
    router = APIRouter(include_in_schema=False)

    @router.get("/choose")
    async def choose(
        request: Request,
        print_: Annotated[Literal["large", "normal"] | None, Query(alias="print")] = None,
        language: Annotated[Language | None, Query()] = None,
        next: Annotated[str, Query(max_length=LONGEST)] = "/",  # noqa: A002 (the name in the address)
    ) -> Response:
        answer = RedirectResponse(local(next), 303, headers={"Cache-Control": "no-store"})
        for name, value in ((PRINT, print_), (LANGUAGE, language)):
            if value is not None:
                secure = request.scope["scheme"] == "https"
                answer.set_cookie(name, value, max_age=A_YEAR, httponly=True, secure=secure, samesite="lax")
        return answer

    return router
