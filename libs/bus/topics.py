"""The topics, read from `contracts/topics.toml`: names, partitions, how long they keep what was sent."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from libs.contracts import FOLDER, roster

CITY_STREAM: Final = "city.stream.v1"
SITE_TOPIC: Final = "{site}.{service}.v1"


class Topic(msgspec.Struct, frozen=True):
    """A topic with its fixed partition count and its configuration."""

    name: str
    partitions: int
    config: dict[str, str]


def site_topic(site: str, service: str) -> str:
    """Where a service of a site publishes its events within the site."""
    return SITE_TOPIC.format(site=site, service=service)


def topics(sites: Iterable[str]) -> list[Topic]:
    """All topics of these sites, one for each service that publishes, and the city's."""
    kinds = tomllib.loads((FOLDER / "topics.toml").read_text(encoding="utf-8"))["topics"]
    own = [site_topic(site, row.name) for site in sites for row in roster() if row.public]
    city = [name for name in kinds if name != SITE_TOPIC]
    return [*(_topic(name, kinds[SITE_TOPIC]) for name in own), *(_topic(name, kinds[name]) for name in city)]


def _topic(name: str, kind: dict[str, Any]) -> Topic:
    keep = {"retention.ms": str(kind["retention_days"] * 86_400_000), "max.message.bytes": str(512 * 1024)}
    return Topic(name, kind["partitions"], keep)
