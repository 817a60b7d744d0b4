"""What the hub promises: who is in the network (docs/wire.md)."""

from __future__ import annotations

from datetime import datetime

from libs.decider import record


@record
class NodeRegistered:
    """A node belongs to the network; `address` is where people find its site's pages."""

    node: str
    name: str
    parent: str
    site: str
    address: str
    at: datetime


@record
class EpochOpened:
    """A service of a node speaks to the network in this epoch; whatever comes under another is nobody's word."""

    node: str
    service: str
    epoch: int
    at: datetime


@record
class KeyRegistered:
    """A site signs with this key from now on; `public_key` is base64 of the raw Ed25519 key."""

    key: str
    site: str
    public_key: str
    at: datetime


@record
class KeyRevoked:
    """Nothing signed with this key counts that comes from now on; it never signs again."""

    key: str
    site: str
    at: datetime


Event = NodeRegistered | EpochOpened | KeyRegistered | KeyRevoked
