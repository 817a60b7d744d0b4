"""PostgreSQL and Apache Kafka started from Python packages, for one box and for tests; nothing else needs to be on the machine."""

from libs.embedded.causes import cause_in, end_of
from libs.embedded.jars import NotFetched, fetched
from libs.embedded.kafka import Kafka, create_topics
from libs.embedded.postgres import Postgres
from libs.embedded.process import LOG_BYTES, AlreadyRunning, EmbeddedError, GivenUp, free_port, is_free, open_log, run, spawn
from libs.embedded.server import Server

__all__ = [
    "LOG_BYTES",
    "AlreadyRunning",
    "EmbeddedError",
    "GivenUp",
    "Kafka",
    "NotFetched",
    "Postgres",
    "Server",
    "cause_in",
    "create_topics",
    "end_of",
    "fetched",
    "free_port",
    "is_free",
    "open_log",
    "run",
    "spawn",
]
