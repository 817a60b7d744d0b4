"""The topics, read from `contracts/topics.toml`: names, partitions, who hears what."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

CITY_STREAM = "city.stream.v1"
CONTRACT = Path(__file__).parents[2] / "contracts" / "topics.toml"


class Topic(msgspec.Struct, frozen=True):
    """A topic with its fixed partition count and its configuration."""

    name: str
    partitions: int
    config: dict[str, str]


def site_topic(site: str, service: str) -> str:
    """Where a service of a site publishes its events within the site."""
    return f"{site}.{service}.v1"


def _config(days: int) -> dict[str, str]:
    return {"retention.ms": str(days * 86_400_000), "max.message.bytes": str(512 * 1024)}


def topics(sites: list[str], contract: Path = CONTRACT) -> list[Topic]:
    """All topics of these sites and the city's."""
    text = tomllib.loads(contract.read_text())
    site, city = text["site"], text["city"]["stream"]
    own = [Topic(site_topic(code, s), site["partitions"], _config(site["retention_days"])) for code in sites for s in site["services"]]
    return [*own, Topic(city["name"], city["partitions"], _config(city["retention_days"]))]


def heard_by(service: str, contract: Path = CONTRACT) -> tuple[str, ...]:
    """The services of the same site that `service` hears, as the contract says."""
    rows = tomllib.loads(contract.read_text())["site"]["hears"]
    return tuple(topic for row in rows if row["service"] == service for topic in row["topics"])
