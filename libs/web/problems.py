"""Every no and every fault as an answer: problem+json (RFC 9457) for programs, a page in Chinese for people.

Refusals are 409 and logged at info; faults are 500, logged with their stack, and tell nothing of the inside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar
from urllib.parse import quote

import msgspec
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from opentelemetry import trace
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from libs.codes import told_path
from libs.decider import Refused
from libs.forms import because_of
from libs.web.accounts import NotAllowed
from libs.web.acting import SignInFirst, sign_in_first
from libs.web.addresses import local
from libs.web.language import marked
from libs.web.pages import Pages, prefers_html
from libs.web.strict import TOLD, NoVersion, WrongKind

_NAMED: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)?")
LONGEST: Final = 120
"""Characters of the name of a field, as it is told."""
E = TypeVar("E", bound=Exception)
log = structlog.stdlib.get_logger("liandong.web")

TITLES: Final = {
    400: marked("请求格式不对"),
    401: marked("请先登录"),
    403: marked("没有这项权限"),
    404: marked("没有找到"),
    405: marked("不支持这种请求方式"),
    406: marked("不提供这种格式"),
    409: marked("不能这样做"),
    412: marked("内容已被他人更改"),
    413: marked("内容太大"),
    415: marked("不支持这种内容类型"),
    422: marked("填写有误"),
    429: marked("请求太频繁"),
    500: marked("系统出错"),
    503: marked("系统正忙"),
}
OTHER: Final = marked("请求没有被接受")
"""For a status that has no sentence of its own."""
CODES: Final = {
    400: "bad-request",
    401: "not-signed-in",
    403: "not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    412: "changed-meanwhile",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    429: "too-many-requests",
    503: "busy",
}
SCHEMA: Final = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An answer that is a no. `title` is a sentence for people, `code` is stable; `more` are further members, known to the caller."""

    status: int
    code: str
    title: str
    type: str = ""
    detail: str = ""
    more: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    told: bool = True
    """Whether the log has a line of it; not where somebody else tells it once for all requests."""


class NotYet(Exception):
    """What is asked for is not there yet, and will be: to be asked again after some seconds."""

    def __init__(self, code: str, because: str, seconds: int = 2) -> None:
        super().__init__(because)
        self.code, self.because, self.seconds = code, because, seconds


@dataclass(frozen=True, slots=True)
class Rule(Generic[E]):
    """How one kind of exception is answered."""

    kind: type[E]
    answer: Callable[[E], Problem]


def problem_for(
    kind: type[E],
    status: int,
    code: str,
    *,
    title: str = "",
    retry_after: int | None = None,
    more: Callable[[E], Mapping[str, object]] = lambda _: {},
    told: bool = True,
) -> Rule[E]:
    """Answer exceptions of `kind` (and its subclasses) with `status` and `code`; give the result to `make_app(problems=…)`.

    `retry_after` is in seconds. `more` names what of the exception the caller may know; its message stays in the log.
    """
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Rule(
        kind, lambda exc: Problem(status=status, code=code, title=title or TITLES[status], more=more(exc), headers=headers, told=told)
    )


class Problems:
    """Every no and every fault of an application as an answer: the house's own rules, then those of its services."""

    def __init__(self, rules: Sequence[Rule[Any]], pages: Pages | None) -> None:
        self._pages = pages
        self._rules: dict[type[Exception], Callable[[Any], Problem]] = {rule.kind: rule.answer for rule in (*OWN, *rules)}

    def add_to(self, app: FastAPI) -> None:
        """Answers everything that `app` raises."""
        for kind in self._rules:
            app.add_exception_handler(kind, self.answer)
        app.add_exception_handler(SignInFirst, sign_in_first)

    def answer(self, request: Request, exc: Exception) -> Response:
        """The answer to whoever asked; by the rule of the exception's own kind, else of the nearest kind above it, else as a fault."""
        rule = next((self._rules[kind] for kind in type(exc).__mro__ if kind in self._rules), None)
        if rule is None:
            return self.fault(request, exc)
        problem = rule(exc)
        if problem.told:
            path = told_path(request.scope["path"])
            log.info("refused", code=problem.code, status=problem.status, path=path, fault=type(exc).__name__)
        return respond(request, problem, self._pages)

    def fault(self, request: Request, exc: Exception) -> Response:
        """An exception nobody foresaw: the log has its stack, the caller the trace to ask about."""
        span = trace.get_current_span().get_span_context()
        log.error("fault", path=told_path(request.scope["path"]), method=request.method, fault=type(exc).__name__, exc_info=exc)
        more = {"trace": f"{span.trace_id:032x}"} if span.is_valid else {}
        return respond(request, Problem(status=500, code="fault", title=TITLES[500], more=more), self._pages)


def respond(request: Request, problem: Problem, pages: Pages | None) -> Response:
    """The problem as the caller reads best. Somebody who opens a page without having signed in is led to do so."""
    if pages is not None and prefers_html(request):
        if problem.status == 401 and request.method in {"GET", "HEAD"}:
            here = request.scope["path"] + (f"?{query}" if (query := request.scope["query_string"].decode("latin-1")) else "")
            return RedirectResponse(f"/sign-in?next={quote(local(here), safe='/')}", 303, headers={"Cache-Control": "no-store"})
        return pages.render(request, "public/error.html", status_code=problem.status, headers=problem.headers, problem=problem)
    body = {"type": problem.type or f"/problems/{problem.code}", "title": problem.title, "status": problem.status, "code": problem.code}
    body |= ({"detail": problem.detail} if problem.detail else {}) | dict(problem.more)
    return Response(msgspec.json.encode(body), problem.status, {"Cache-Control": "no-store", **problem.headers}, "application/problem+json")


def _refused(exc: Refused) -> Problem:
    return Problem(status=409, code=exc.code, title=exc.because, type=f"/problems/refused/{exc.code}", more=exc.more)


def _not_allowed(exc: NotAllowed) -> Problem:
    return Problem(status=403, code=CODES[403], title=TITLES[403], detail=exc.because)


def _http(exc: HTTPException) -> Problem:
    code = CODES.get(exc.status_code, f"http-{exc.status_code}")
    title = TITLES.get(exc.status_code, OTHER)
    return Problem(status=exc.status_code, code=code, title=title, headers=dict(exc.headers or {}))


def _not_yet(exc: NotYet) -> Problem:
    return Problem(status=503, code=exc.code, title=exc.because, headers={"Retry-After": str(exc.seconds)})


def _wrong_kind(exc: WrongKind) -> Problem:
    return Problem(status=415, code=CODES[415], title=TITLES[415], more={"accepts": [exc.accepts]})


def _no_version(_: NoVersion) -> Problem:
    return Problem(status=412, code=CODES[412], title="这里没有版本，不能按版本办理；请去掉 If-Match")


def _field(place: Sequence[object]) -> str:
    """body.steps.2.name. A name that was made up may be as long as the body, and be somebody's own or their number: what is no name of a field is
    told as `?`.
    """
    return ".".join(str(part) if isinstance(part, int) or _NAMED.fullmatch(str(part)) else "?" for part in place)[:LONGEST]


def _invalid(exc: RequestValidationError) -> Problem:
    """Fields and what is wrong with them, never what was sent. A header that is missing or malformed is 400: the form is not at fault."""
    found = exc.errors()
    fields = [{"field": _field(error["loc"]), "code": error["type"], "because": because_of(error)} for error in found[:TOLD]]
    status = 400 if found and all(error["loc"][0] == "header" for error in found) else 422
    return Problem(status=status, code=CODES[status], title=TITLES[status], more={"fields": fields})


OWN: Final[Sequence[Rule[Any]]] = (
    Rule(Refused, _refused),
    Rule(NotAllowed, _not_allowed),
    Rule(RequestValidationError, _invalid),
    Rule(NotYet, _not_yet),
    Rule(WrongKind, _wrong_kind),
    Rule(NoVersion, _no_version),
    Rule(HTTPException, _http),
)
"""What every application answers so."""
