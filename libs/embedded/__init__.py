"""PostgreSQL and Apache Kafka started from Python packages, for one box and for tests; nothing else needs to be on the machine."""

from libs.embedded.kafka import Kafka, create_topics
from libs.embedded.postgres import Postgres
from libs.embedded.process import AlreadyRunning, EmbeddedError, free_port, spawn

__all__ = ["AlreadyRunning", "EmbeddedError", "Kafka", "Postgres", "create_topics", "free_port", "spawn"]
