"""One event of every public type: what the neighbours' tests hear of the hub."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Final

from libs.testkit.given import Given
from services.hub.events import Event
from services.hub.registry import REGISTRY, RegisterKey, RegisterNode

AT: Final = datetime(2007, 3, 1, 1, tzinfo=UTC)
PUBLIC_KEY: Final = base64.b64encode(bytes(range(32))).decode()
given = Given(REGISTRY)


def samples() -> list[Event]:
    """A township joins, and the key its site signs with."""
    node = RegisterNode(node="511525100", name="文江镇", parent="511525", site="511525", address="https://gaoxian.example", at=AT)
    key = RegisterKey(key="8b3f2d0c4e5a6917", site="511525", public_key=PUBLIC_KEY, at=AT)
    return [*given().when(node).history(), *given().when(key).history()]
