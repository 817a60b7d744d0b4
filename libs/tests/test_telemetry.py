"""What a process says of itself: JSON lines without personal data, traces that are linked, health that tells the truth."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from opentelemetry import baggage, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from libs.telemetry import Health, IdsAlone, bare_span, current_traceparent, linked_span, recorded, tracer, tracer_provider

SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNSAMPLED = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`setup` changes a whole process: it is shown in one of its own."""
    return subprocess.run([sys.executable, "-W", "error", "-c", script, *arguments], capture_output=True, text=True, timeout=60, check=True)


SPEAKS = """
import logging, sys, warnings
import structlog, uvicorn, aiokafka, faststream.kafka
from libs.telemetry import setup, tracer
setup("intake", site="511525", otlp_endpoint=None)
setup("intake", site="511525", otlp_endpoint=None)
with tracer().start_as_current_span("work"):
    structlog.get_logger("liandong.test").info("accepted", case="511525-20261109-000231-4", id="51152519800101123X", phone="13812345678")
logging.getLogger("uvicorn.error").info("Started %s", "server")
logging.getLogger("uvicorn.access").info('127.0.0.1 - "GET /cases?q=x"')
logging.getLogger("aiokafka.consumer.group_coordinator").warning("Heartbeat failed: rebalancing")
logging.getLogger("aiokafka").error("Unable to connect")  # said for every try: the site tells once that its broker is away
logging.getLogger("aiokafka").critical("Unable to go on")
logging.getLogger("faststream").info("`hear` waiting for messages")
try:
    {}["gone"]
except KeyError:
    structlog.get_logger("liandong.test").exception("fault")
"""


@pytest.fixture(scope="module")
def lines() -> list[dict[str, Any]]:
    said = run(SPEAKS)
    assert said.stdout == ""
    return [json.loads(line) for line in said.stderr.splitlines()]


def test_every_line_is_json_and_says_when_where_and_how_grave(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        assert line.keys() >= {"at", "level", "event", "logger", "service", "site"}
        assert (line["service"], line["site"], line["at"][-1]) == ("intake", "511525", "Z")


def test_libraries_speak_through_the_same_voice_and_normal_work_warns_of_nothing(lines: list[dict[str, Any]]) -> None:
    assert [(line["logger"], line["level"], line["event"]) for line in lines] == [
        ("liandong.test", "info", "accepted"),
        ("uvicorn.error", "info", "Started server"),
        ("aiokafka", "critical", "Unable to go on"),
        ("liandong.test", "error", "fault"),
    ]


def test_identity_and_mobile_numbers_are_blanked_and_case_numbers_are_not(lines: list[dict[str, Any]]) -> None:
    assert (lines[0]["id"], lines[0]["phone"], lines[0]["case"]) == ("▇", "▇", "511525-20261109-000231-4")


def test_a_line_said_within_a_span_names_its_trace_and_a_fault_has_its_stack(lines: list[dict[str, Any]]) -> None:
    assert len(lines[0]["trace"]) == 32
    assert "trace" not in lines[1]
    assert "Traceback" in lines[-1]["exception"]
    assert "KeyError" in lines[-1]["exception"]


EXPORTS = """
import sys
from opentelemetry import trace, metrics
from libs.telemetry import setup, tracer
setup("intake", site="511525", otlp_endpoint=sys.argv[1])
with tracer().start_as_current_span("work"):
    metrics.get_meter("liandong").create_counter("cards").add(1)
"""


class Collector(BaseHTTPRequestHandler):
    paths: list[str] = []  # noqa: RUF012 (one collector at a time)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.paths.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return None


def test_a_collector_is_told_of_traces_and_metrics() -> None:
    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        run(EXPORTS, f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
    assert set(Collector.paths) == {"/v1/traces", "/v1/metrics"}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """A provider that records no new trace of itself, in place of the process's one."""
    yield from _provider(monkeypatch, share=0)


@pytest.fixture
def all_spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    yield from _provider(monkeypatch, share=1)


def _provider(monkeypatch: pytest.MonkeyPatch, share: float) -> Iterator[InMemorySpanExporter]:
    kept = InMemorySpanExporter()
    provider: TracerProvider = tracer_provider(Resource.get_empty(), share, None)
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    yield kept
    provider.shutdown()


def test_a_stored_traceparent_links_what_was_begun_with_what_carries_on(all_spans: InMemorySpanExporter) -> None:
    with tracer().start_as_current_span("append"):
        stored = current_traceparent()
    with linked_span("consume", stored, attributes={"records": 1}) as span:
        assert current_traceparent().split("-")[1] == f"{span.get_span_context().trace_id:032x}"
    append, consume = all_spans.get_finished_spans()
    assert [link.context.span_id for link in consume.links] == [append.context.span_id]
    assert (consume.parent, consume.context.trace_id == append.context.trace_id) == (None, False)


def test_a_batch_links_to_each_trace_once_and_passes_over_what_is_no_traceparent(all_spans: InMemorySpanExporter) -> None:
    with linked_span("relay", SAMPLED, "", SAMPLED, "nonsense", "00-" + "0" * 32 + "-b7ad6b7169203331-01", UNSAMPLED):
        pass
    (span,) = all_spans.get_finished_spans()
    assert [f"{link.context.trace_id:032x}"[0] for link in span.links] == ["0", "1"]


def test_a_chain_of_traces_is_recorded_whole_or_not_at_all(spans: InMemorySpanExporter) -> None:
    with linked_span("dropped", UNSAMPLED):
        assert not _recorded(current_traceparent())
    with linked_span("kept", UNSAMPLED, SAMPLED):
        assert _recorded(current_traceparent())
    assert [span.name for span in spans.get_finished_spans()] == ["kept"]


def _recorded(traceparent: str) -> bool:
    return bool(int(traceparent[-2:], 16) & 1)


def test_what_nobody_records_has_ids_all_the_same_in_the_trace_it_came_with(spans: InMemorySpanExporter) -> None:
    assert [recorded(one) for one in ("", UNSAMPLED, "nonsense", SAMPLED)] == [False, False, False, True]
    for came in ("", UNSAMPLED):
        with bare_span(came):
            stored = current_traceparent()
            with tracer().start_as_current_span("inside"):
                assert current_traceparent()[:36] == stored[:36]
        assert (len(stored), _recorded(stored), stored != came) == (55, False, True)
    assert stored[:36] == UNSAMPLED[:36]
    assert (current_traceparent(), spans.get_finished_spans()) == ("", ())


def test_with_a_collector_every_new_trace_may_be_recorded(all_spans: InMemorySpanExporter) -> None:
    assert recorded("")


def test_without_a_span_there_is_no_traceparent() -> None:
    assert current_traceparent() == ""


def test_what_was_searched_for_stays_out_of_spans(all_spans: InMemorySpanExporter) -> None:
    typed: dict[str, str | int] = {
        "url.path": "/cases/51152519800101123X",
        "url.query": "q=51152519800101123X",
        "server.address": "欧阳.example",
        "records": 1,
    }
    with tracer().start_as_current_span("GET", attributes=typed):
        pass
    (span,) = all_spans.get_finished_spans()
    assert dict(span.attributes or {}) == {"url.path": "/cases/▇", "url.query": "▇", "server.address": "▇", "records": 1}


def test_of_a_callers_trace_the_ids_are_carried_on_and_nothing_else() -> None:
    said = {"traceparent": SAMPLED, "tracestate": "who=51152519800101123X", "baggage": "who=51152519800101123X"}
    found = IdsAlone().extract(said)
    context = trace.get_current_span(found).get_span_context()
    assert (f"{context.trace_id:032x}" in SAMPLED, dict(context.trace_state), baggage.get_all(found)) == (True, {}, {})
    told: dict[str, str] = {}
    IdsAlone().inject(told, found)
    assert told == {"traceparent": SAMPLED}
    for nothing in ({}, {"traceparent": "nonsense"}):
        assert not trace.get_current_span(IdsAlone().extract(nothing)).get_span_context().is_valid


async def _well() -> None:
    await asyncio.sleep(0)


async def _ill() -> None:
    raise ConnectionRefusedError("postgresql://owner:secret@127.0.0.1")


async def test_readiness_names_what_is_down_and_keeps_addresses_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    health = Health(log=_well)
    assert (await health.ready())["state"] == "up"
    health.add("kafka", _ill)
    with caplog.at_level(logging.WARNING):
        report = await health.ready()
    assert (report["state"], report["checks"]["log"]["state"], report["checks"]["kafka"]["because"]) == (
        "down",
        "up",
        "ConnectionRefusedError",
    )
    assert "secret" not in json.dumps(report)
    assert health.live()["state"] == "up"


async def test_a_check_that_hangs_is_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.telemetry.health.CHECK_SECONDS", 0.01)
    report = await Health(slow=lambda: asyncio.sleep(30)).ready()
    assert report["checks"]["slow"]["because"] == "TimeoutError"
