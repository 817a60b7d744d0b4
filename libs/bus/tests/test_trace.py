"""A trace reaches from the intent over the relay to whoever hears it: `traceparent` is stored with the event."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from libs import telemetry
from libs.bus import Effect, Hears, Reader
from libs.bus.inbox import Inbox
from libs.bus.kafka import Ears
from libs.bus.relay import Relay
from libs.bus.tests.test_relay import ended, new_topic
from libs.database import Connection, open_pool, prepare
from libs.eventlog import Consequence, Intent, New, PgLogs
from libs.wire import Recorded

pytestmark = pytest.mark.server
AT = datetime(2026, 11, 23, tzinfo=UTC)
NODE = "511525"


def intent(subject: str) -> Intent:
    return Intent(subject=subject, decide=lambda _s: Consequence([New("liandong.example.Said.v1", b"{}", AT)]), actor="C1")


async def test_a_trace_goes_from_append_over_relay_to_consumer(
    database: str, kafka_bootstrap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter = InMemorySpanExporter()
    provider = telemetry.tracer_provider(Resource.create(), 1.0, None)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "tracer", lambda: provider.get_tracer("test"))
    pool = await open_pool(await prepare(database, "intake"), "intake", size=6)
    logs = PgLogs(pool, "intake", [NODE])
    await logs.open()
    topic, heard = await new_topic(kafka_bootstrap), asyncio.Event()

    async def apply(_connection: Connection, events: Sequence[Recorded]) -> Sequence[Effect]:
        effects = [Effect(event, NODE, intent("clock-1")) for event in events if event.subject == "case-1"]
        if not effects:
            heard.set()
        return effects

    inbox = Inbox(Hears("deadline", Reader({"liandong.example.Said.v1": dict}), apply), pool, logs, page=None)  # type: ignore[arg-type]
    relay = Relay(pool=pool, schemas=["intake"], topic=topic, bootstrap=kafka_bootstrap)
    logs.woken.append(relay.wake)
    ears = Ears(kafka_bootstrap)
    ears.hear(f"g-{topic}", [topic], inbox.take)
    tasks = [asyncio.create_task(loop()) for loop in (ears.run, relay.run)]
    with telemetry.tracer().start_as_current_span("request") as request:
        await logs.of(NODE).append(intent("case-1"))
    await asyncio.wait_for(heard.wait(), 20)
    for task in tasks:
        await ended(task)
    trace = request.get_span_context().trace_id
    linked = {span.name for span in exporter.get_finished_spans() if any(link.context.trace_id == trace for link in span.links)}
    assert {"append", f"relay {topic}", "hear deadline"} <= linked
    for subject in ("case-1", "clock-1"):
        (event,) = await logs.of(NODE).stream(subject)
        assert f"{trace:032x}" in event.traceparent
    await pool.close()
