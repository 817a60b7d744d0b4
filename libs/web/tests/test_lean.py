"""The lean way in and FastAPI's own give the same answers to whatever comes; and what the lean way alone decides."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import Field
from starlette.responses import Response

from libs.authority import Post, posted
from libs.decider import Refused
from libs.forms import Day, Form, Text, Titles
from libs.telemetry import Health, current_traceparent, tracer_provider
from libs.testkit.asgi import scope_of
from libs.web import Accounts, CommandRoute, Envelope, NotYet, Pages, add_commands, answer, make_app
from libs.web.commands import Described

CASE: Final = "511525-20070305-000001-0"


class LeanForm(Form):
    """A field of every sort."""

    days: Annotated[int, Field(ge=0, le=400)]
    why: Text = ""
    missing: Titles = ()
    first: Day | None = None
    sure: bool = False


async def told(by: Envelope, place: str, form: LeanForm | None) -> Response:
    """Everything that came, or what went wrong."""
    match form.why if form else "":
        case "refused":
            raise Refused("already-told-once", "应当一次告知全部需要补正的内容")
        case "later":
            raise NotYet("not-heard-yet", "请稍后再试")
        case "fault":
            raise RuntimeError("secret")
    expected = None if by.expected is None else [version for version in range(21) if version in by.expected]
    said = {"trace": current_traceparent()[:35], "who": by.actor, "key": by.key, "digest": by.digest, "expected": expected, "place": place}
    return answer({**said, "form": form and form.model_dump()}, 201, version=3)


ROWS: Final = (
    CommandRoute(path="/cases/{case}/notice", name="Notice", act="intake.request-corrections", does=told, form=LeanForm, status=201),
    CommandRoute(path="/cases/{case}/steps/done", name="Step", act="intake.close", does=told),
    CommandRoute(path="/nodes/{node}/cases", name="File", act="intake.file", does=told, form=LeanForm),
    CommandRoute(path="/nodes/{node}/imports", name="Import", act="intake.accept", does=told, form=LeanForm, keyed=False, max_body=200),
)
PATHS: Final = [row.path for row in ROWS]


class Ways:
    """The same table twice: served by the lean endpoint, and by FastAPI from the routes that describe it."""

    def __init__(self) -> None:
        accounts = Accounts()
        self.tokens = [
            accounts.issue("C1", posted([Post.CLERK], ["511525"]), "窗口")[1],
            accounts.issue("L1", posted([Post.LEADER], ["510000"]), "领导")[1],
        ]
        self.tokens += [accounts.issue("C9", posted([Post.CLERK], ["511526"]), "窗口")[1], "nobody's"]
        self.lean, self.full = (self._app(accounts, kind) for kind in (Described, APIRoute))

    def _app(self, accounts: Accounts, kind: type[APIRoute]) -> Any:
        router = APIRouter()
        add_commands(router, ROWS, kind)
        return make_app("ways", routers=[router], accounts=accounts, health=Health(), pages=Pages(brand="联动"), max_body=120)


WAYS: Final = Ways()
parts = st.sampled_from([CASE, "511525", "511525100", "511526", "abc", "511525-2007", CASE + "\n", "%2e", "..", "5", "高县", "x" * 60])
numbers = st.one_of(st.integers(-5, 500), st.sampled_from([2**63, 1.5, 1e10, True, None, "3"]))
values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), numbers, st.text(max_size=8), st.sampled_from(["refused", "later", "fault", "2007-03-05", "\u202e"])
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=6,
)
right = st.fixed_dictionaries({"days": st.integers(0, 400)}, optional={"why": st.sampled_from(["", " 好 ", "refused", "later", "fault"])})
forms = st.fixed_dictionaries({}, optional=dict.fromkeys(("days", "why", "missing", "first", "sure", "more"), values))
raw = st.sampled_from(
    [b"", b" ", b"{}", b"null", b"[]", b'{"days": 1, "days": 2}', b'{"days": NaN}', b'{"days": 9223372036854775808}', b'{"days": 1e999}',
     b'{"days": 1, "why": "\\ud800"}', b'{"days": "\xff"}', b"[" * 70, b'\xef\xbb\xbf{"days": 1}', b'{"days": 1}' + b" " * 120, b"{" * 300]
)  # fmt: skip
bodies = st.one_of(right.map(json.dumps).map(str.encode), forms.map(json.dumps).map(str.encode), raw, st.binary(max_size=30))
shown = st.one_of(
    st.sampled_from(WAYS.tokens).map("Bearer {}".format), st.sampled_from(["", "Bearer", "Basic eDp5", "bearer  " + WAYS.tokens[0]])
)
keys = st.one_of(st.just("k"), st.sampled_from(["", "k k", "k" * 201, "é", "k\x7f", "inbox:1", "13990900001"]))
tags = st.sampled_from(['"3"', "*", 'W/"3"', '"3", "4"', "7", "", '"a b"'])
kinds = st.one_of(
    st.just("application/json"), st.sampled_from(["", "text/plain", "Application/JSON; charset=utf8", "application/json; charset=gbk"])
)


def several(what: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    """Mostly once; sometimes not at all, or twice."""
    return st.one_of(st.lists(what, min_size=1, max_size=1), st.lists(what, max_size=2))


headers = st.fixed_dictionaries(
    {"authorization": several(shown), "idempotency-key": several(keys), "content-type": several(kinds)},
    optional={"if-match": several(tags), "content-encoding": several(st.sampled_from(["gzip", "identity"])),
              "accept": several(st.sampled_from(["text/html", "*/*"])), "cookie": several(st.just("liandong-session=x"))},
)  # fmt: skip
queries = st.one_of(st.just(""), st.sampled_from(["days=1", "a=1&a=2", "%ff=3", "&", "="]))


async def came(app: Any, path: str, query: str, told: dict[str, list[str]], body: bytes, *, chunked: bool) -> tuple[int, Any, bytes]:
    """Status, headers and body of the answer to one request."""
    sent: list[Any] = []
    lines = [(name.encode(), value.encode("latin-1")) for name, several in told.items() for value in several]
    length = (b"transfer-encoding", b"chunked") if chunked else (b"content-length", str(len(body)).encode())
    pieces = [body[n : n + 40] for n in range(0, len(body), 40)] if chunked else [body]
    coming = iter([*({"type": "http.request", "body": piece, "more_body": True} for piece in pieces), {"type": "http.request"}])

    async def receive() -> Any:
        return next(coming)

    async def send(message: Any) -> None:
        sent.append(message)

    await app({**scope_of("POST", path, {}, query), "headers": [*lines, length]}, receive, send)
    return sent[0]["status"], sorted(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


@settings(max_examples=600, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(PATHS), parts, queries, headers, bodies, st.booleans())
async def test_both_ways_in_give_the_same_answers(
    path: str, part: str, query: str, headers: dict[str, list[str]], body: bytes, chunked: bool
) -> None:
    there = path.replace("{case}", part).replace("{node}", part)
    ways = [await came(app, there, query, headers, body, chunked=chunked) for app in (WAYS.lean, WAYS.full)]
    assert ways[0] == ways[1]


@pytest.mark.parametrize("path", PATHS)
async def test_what_is_in_order_comes_to_the_act(path: str) -> None:
    there = path.replace("{case}", CASE).replace("{node}", "511525")
    told = {"authorization": [f"Bearer {WAYS.tokens[0]}"], "idempotency-key": ["k"], "content-type": ["application/json"]}
    for body in (b'{"days": 3}', b"{}"):
        lean, full = [await came(app, there, "", told, body, chunked=False) for app in (WAYS.lean, WAYS.full)]
        assert (lean, lean[0]) == (full, 201 if (b"days" in body) == (path != PATHS[1]) else 422)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", f"/cases/{CASE}/notice"), ("POST", f"/cases/{CASE}/notices"), ("POST", "/cases//notice")]
)
async def test_what_is_no_command_goes_the_usual_way(method: str, path: str) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    await WAYS.lean(scope_of(method, path, {}), receive, send)
    assert sent[0]["status"] == (405 if method == "GET" else 404)


@pytest.mark.parametrize("path", ["/cases", "/cases/{other}/notice", "/nodes/{node}/cases/{case}"])
def test_a_command_is_put_to_one_node_or_one_case(path: str) -> None:
    with pytest.raises(TypeError, match="one node, one case or one subject"):
        add_commands(APIRouter(), [CommandRoute(path=path, name="No", act="intake.file", does=told)])


@pytest.mark.parametrize(("sampled", "spans"), [("01", ["POST /cases/{case}/notice"]), ("00", [])])
async def test_a_command_carries_its_trace_on_and_makes_a_span_where_it_is_recorded(
    monkeypatch: pytest.MonkeyPatch, sampled: str, spans: list[str]
) -> None:
    kept, provider = InMemorySpanExporter(), tracer_provider(Resource.get_empty(), 0, None)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    came_in = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-"
    told = {"authorization": [f"Bearer {WAYS.tokens[0]}"], "idempotency-key": ["k"], "content-type": ["application/json"]}
    for why in ("", "fault"):
        body = json.dumps({"days": 3, "why": why}).encode()
        headers = {**told, "traceparent": [came_in + sampled]}
        _, answer_headers, answered = await came(WAYS.lean, f"/cases/{CASE}/notice", "", headers, body, chunked=False)
        assert json.loads(answered)["trace"].removeprefix("00-") == came_in[3:35]
        assert (b"x-content-type-options", b"nosniff") in answer_headers
    assert [span.name for span in kept.get_finished_spans()] == spans * 2
