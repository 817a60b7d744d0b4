"""What is recorded of whoever calls: the ids of their trace, and of the address they asked what is ours. Nothing that they may have typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.propagators.textmap import CarrierT, Getter, Setter, TextMapPropagator, default_getter, default_setter
from opentelemetry.sdk.trace import Span, SpanProcessor
from opentelemetry.trace import SpanContext, TraceFlags

from libs.codes import told_path

TRACEPARENT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})")
_HEADER: Final = "traceparent"
_TYPED: Final[Mapping[str, Any]] = {"url.query": lambda _: "▇", "url.path": told_path, "server.address": lambda _: "▇"}
"""Attributes of a span that hold what a caller wrote, and what is recorded in their place. Which server it was says `liandong.site`."""


def parsed(traceparent: str) -> SpanContext | None:
    """The span that a `traceparent` names; None for what is none."""
    found = TRACEPARENT.fullmatch(traceparent)
    if found is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in found.groups())
    return SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))


def traceparent_of(found: SpanContext) -> str:
    """A span as W3C `traceparent`; empty for one that is none."""
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags:02x}" if found.is_valid else ""


class Blanking(SpanProcessor):
    """What a person searched for, and what they put into an address, stays out of traces."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002 (the SDK names it)
        for name, told in _TYPED.items():
            if span.attributes and (said := span.attributes.get(name)) is not None:
                span.set_attribute(name, told(said))


class IdsAlone(TextMapPropagator):
    """Carries on a caller's trace by its ids; `tracestate` and `baggage`, in which anything may stand, are left."""

    @property
    def fields(self) -> set[str]:
        return {_HEADER}

    def extract(self, carrier: CarrierT, context: Context | None = None, getter: Getter[CarrierT] = default_getter) -> Context:
        said = getter.get(carrier, _HEADER) or [""]
        parent, found = parsed(said[0]), context or Context()
        return found if parent is None else trace.set_span_in_context(trace.NonRecordingSpan(parent), found)

    def inject(self, carrier: CarrierT, context: Context | None = None, setter: Setter[CarrierT] = default_setter) -> None:
        if said := traceparent_of(trace.get_current_span(context).get_span_context()):
            setter.set(carrier, _HEADER, said)
