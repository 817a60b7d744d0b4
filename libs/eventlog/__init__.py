"""The event log: store, outbox, audit trail and feed in one table (docs/one-event.md)."""

from libs.eventlog.log import (
    Busy,
    Claim,
    Claimed,
    Conflict,
    Consequence,
    Done,
    Intent,
    KeyReused,
    Log,
    LogError,
    Logs,
    New,
    Scope,
    TooLarge,
    Unknown,
    Unwritable,
)
from libs.eventlog.memory import MemoryLogs
from libs.eventlog.pages import pages
from libs.eventlog.postgres import PgLogs
from libs.eventlog.ring import Ring
from libs.eventlog.rows import recorded
from libs.eventlog.subject import Codec, Fact, Logged, Subject
from libs.eventlog.tail import Tail, tail
from libs.eventlog.verify import Checked, verify

__all__ = [
    "Intent",
    "Busy",
    "Claim",
    "Claimed",
    "Codec",
    "Conflict",
    "Consequence",
    "Done",
    "Fact",
    "KeyReused",
    "Log",
    "LogError",
    "Logged",
    "Logs",
    "MemoryLogs",
    "New",
    "PgLogs",
    "Ring",
    "Scope",
    "Subject",
    "Tail",
    "TooLarge",
    "Unknown",
    "Unwritable",
    "Checked",
    "pages",
    "recorded",
    "tail",
    "verify",
]
