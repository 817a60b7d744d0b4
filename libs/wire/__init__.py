"""What sites promise each other, as code: events, chain, checkpoints, feed pages (design: wire.md)."""

from libs.wire.event import (
    MAX_DATA,
    MAX_HEADERS,
    Headers,
    Malformed,
    Position,
    Recorded,
    broken,
    canonical,
    chain_hash,
    digest,
    from_headers,
    genesis,
    instant,
    origin,
    to_headers,
)

__all__ = [
    "MAX_DATA",
    "MAX_HEADERS",
    "Headers",
    "Malformed",
    "Position",
    "Recorded",
    "broken",
    "canonical",
    "chain_hash",
    "digest",
    "from_headers",
    "genesis",
    "instant",
    "origin",
    "to_headers",
]
