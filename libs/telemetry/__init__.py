"""How a process speaks of itself: JSON lines on stderr, traces that reach over hours and sites by links, health.

One call, `setup`, after the imports of a process's main module. No personal data is written: identity and mobile numbers are blanked
in every line, what callers typed in every span (decision 0008, P-no-personal-data).
"""

from __future__ import annotations

import logging
import random
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, Literal

import msgspec
import structlog
from opentelemetry import metrics, propagate, trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import Decision, ParentBased, Sampler, SamplingResult, TraceIdRatioBased
from opentelemetry.trace import Link, SpanContext, SpanKind, TraceFlags, TraceState
from opentelemetry.util.types import Attributes
from structlog.types import EventDict, Processor, WrappedLogger

from libs.telemetry.callers import Blanking, IdsAlone, parsed, traceparent_of
from libs.telemetry.health import Condition, Health, NotReady, Report

__all__ = [
    "Condition",
    "Health",
    "IdsAlone",
    "NotReady",
    "Report",
    "bare_span",
    "batch_span",
    "current_traceparent",
    "linked_span",
    "recorded",
    "setup",
    "tracer",
    "tracer_provider",
    "tracing",
]

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]

QUIETER: Final = {
    "aiokafka": "CRITICAL",  # it says every try to reach a broker that is away; that is told once for all (decision 0025)
    "alembic": "WARNING",
    "asyncio": "WARNING",
    "faststream": "WARNING",
    "httpcore2": "WARNING",
    "httpx2": "WARNING",
    "uvicorn": "INFO",
    "uvicorn.access": "WARNING",  # an access line holds a person's address and what was searched for
}
PERSONAL: Final = re.compile(r"(?<![0-9A-Za-z])(?:[1-9]\d{16}[\dXx]|1[3-9]\d{9})(?![0-9A-Za-z])")
"""Resident identity numbers and mobile numbers."""
SAMPLED: Final = frozenset("13579bdf")
"""Last digits of a `traceparent` whose trace is recorded: the lowest flag is set."""


def setup(
    service: str,
    *,
    site: str,
    json: bool = True,
    level: Level = "INFO",
    otlp_endpoint: str | None = None,
    sample: float | None = None,
) -> None:
    """Route all logging of this process through structlog to stderr, and make traces.

    `otlp_endpoint` is a collector's base URL (OTLP over HTTP). Without one nothing is exported and no span is recorded, but trace ids are
    made, kept and passed on all the same. `sample` is the share of new traces that is recorded (default: all when there is a collector).
    uvicorn must be run with `log_config=None`. May be called again: logging is set anew, the tracer provider stays.
    """
    _set_up_logging(service, site, json, level)
    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return
    resource = Resource.create({"service.name": service, "service.namespace": "liandong", "liandong.site": site})
    share = sample if sample is not None else float(otlp_endpoint is not None)
    trace.set_tracer_provider(tracer_provider(resource, share, otlp_endpoint))
    propagate.set_global_textmap(IdsAlone())
    if otlp_endpoint is not None:
        reader = PeriodicExportingMetricReader(OTLPMetricExporter(endpoint=f"{otlp_endpoint.rstrip('/')}/v1/metrics"))
        metrics.set_meter_provider(MeterProvider([reader], resource=resource))


# --- logs -----------------------------------------------------------------------------------------------------------------------------


def _set_up_logging(service: str, site: str, json: bool, level: Level) -> None:
    def whose(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event.update(service=service, site=site)
        return event

    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info,
        whose,
        _with_trace,
    ]
    renderer: Processor = structlog.processors.JSONRenderer(serializer=_encode) if json else structlog.dev.ConsoleRenderer()
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer, _blank_personal],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    _take_over(handler, level)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _take_over(handler: logging.Handler, level: Level) -> None:
    """Libraries that brought their own handlers (uvicorn, FastStream) speak through ours."""
    for known in list(logging.root.manager.loggerDict.values()):
        if isinstance(known, logging.Logger):
            known.handlers.clear()
            known.propagate = True
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level)
    for name, at_least in QUIETER.items():
        logging.getLogger(name).setLevel(at_least)
    logging.captureWarnings(True)


def _encode(event: EventDict, **_: object) -> str:
    return msgspec.json.encode(event, enc_hook=repr).decode()


def _blank_personal(_logger: WrappedLogger, _method: str, line: Any) -> Any:
    return PERSONAL.sub("▇", line)


def _with_trace(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    found = trace.get_current_span().get_span_context()
    if found.is_valid:
        event["trace"] = f"{found.trace_id:032x}"
    return event


# --- traces ---------------------------------------------------------------------------------------------------------------------------


class _Linked(Sampler):
    """Records a new trace when one it is linked to is recorded, so that a chain of traces is whole; else by share."""

    def __init__(self, share: float) -> None:
        self._share = TraceIdRatioBased(share)

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        if any(link.context.trace_flags.sampled for link in links or ()):
            return SamplingResult(Decision.RECORD_AND_SAMPLE, attributes)
        return self._share.should_sample(parent_context, trace_id, name, kind, attributes, links, trace_state)

    def get_description(self) -> str:
        return f"Linked({self._share.get_description()})"


class _Whole(ParentBased):
    """What belongs to a trace goes the way the trace went."""

    def __init__(self, share: float) -> None:
        super().__init__(_Linked(share))
        self.share = share


def tracer_provider(resource: Resource, share: float, otlp_endpoint: str | None) -> TracerProvider:
    """Records `share` of the new traces and everything that belongs or is linked to a recorded one."""
    provider = TracerProvider(_Whole(share), resource)
    provider.add_span_processor(Blanking())
    if otlp_endpoint is not None:
        exporter = OTLPSpanExporter(endpoint=f"{otlp_endpoint.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


def tracer() -> trace.Tracer:
    """For spans of our own: one per request, batch or command, never one per event."""
    return trace.get_tracer("liandong")


def current_traceparent() -> str:
    """The current span as W3C `traceparent`, to be stored with an event; empty where there is none."""
    return traceparent_of(trace.get_current_span().get_span_context())


@contextmanager
def linked_span(name: str, *traceparents: str, kind: SpanKind = SpanKind.CONSUMER, attributes: Attributes = None) -> Iterator[trace.Span]:
    """A span of a trace of its own with a link to each stored `traceparent`: the batch that carries on what those requests began.

    Empty, malformed and repeated ones are left out, so that a bad header never stops a batch; the SDK keeps 128 links at most.
    """
    links = [Link(context) for parent in dict.fromkeys(traceparents) if (context := parsed(parent)) is not None]
    with tracer().start_as_current_span(name, context=Context(), kind=kind, attributes=attributes, links=links) as span:
        yield span


def tracing() -> bool:
    """Whether this process makes traces at all: `setup` was called."""
    return isinstance(trace.get_tracer_provider(), TracerProvider)


def recorded(traceparent: str) -> bool:
    """Whether a span that carries on `traceparent` (empty: begins anew) may be recorded. Where it is not, `bare_span` does and costs a tenth."""
    sampler = getattr(trace.get_tracer_provider(), "sampler", None)
    if not isinstance(sampler, _Whole) or sampler.share > 0:
        return True
    parent = parsed(traceparent)
    return parent is not None and parent.trace_flags.sampled


@contextmanager
def bare_span(traceparent: str) -> Iterator[None]:
    """Ids without a recording: what is done within has a `traceparent` to store and to log, in the caller's trace if there is one."""
    parent = parsed(traceparent)
    trace_id = parent.trace_id if parent is not None else random.getrandbits(128)
    span_id = random.getrandbits(64)
    span = trace.NonRecordingSpan(SpanContext(trace_id, span_id, is_remote=False, trace_flags=TraceFlags(0)))
    token = attach(trace.set_span_in_context(span))
    try:
        yield
    finally:
        detach(token)


@contextmanager
def batch_span(name: str, traceparents: Iterable[str]) -> Iterator[None]:
    """`linked_span` for a batch of events, where any of them belongs to a recorded trace; nothing, and next to no cost, where none does."""
    sampled = [traceparent for traceparent in traceparents if traceparent and traceparent[-1] in SAMPLED]
    if not sampled:
        yield
        return
    with linked_span(name, *sampled):
        yield
