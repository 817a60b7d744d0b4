"""One event of every public type: what the neighbours' tests hear of the hub."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Final

from libs.testkit.given import Given
from services.hub.events import Event
from services.hub.registry import REGISTRY, OpenEpoch, RegisterKey, RegisterNode, RevokeKey

AT: Final = datetime(2007, 3, 1, 1, tzinfo=UTC)
PUBLIC_KEY: Final = base64.b64encode(bytes(range(32))).decode()
given = Given(REGISTRY)


def samples() -> list[Event]:
    """A township joins, a service of it begins to speak, the key its site signs with is known, and then revoked."""
    node = RegisterNode(node="511525100", name="文江镇", parent="511525", site="511525", address="https://gaoxian.example", at=AT)
    key = RegisterKey(key="8b3f2d0c4e5a6917", site="511525", public_key=PUBLIC_KEY, at=AT)
    epoch = OpenEpoch(node="511525100", service="intake", epoch=1, at=AT)
    revoked = RevokeKey(key=key.key, at=AT)
    return [*given().when(node).history(), *given().when(epoch).history(), *given().when(key, revoked).history()]
