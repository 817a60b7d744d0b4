"""Who is in the network: nodes with their sites and epochs, sites with their keys. The same told again is already so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from libs.decider import Decider, record
from services.hub.events import EpochOpened, Event, KeyRegistered, KeyRevoked, NodeRegistered
from services.hub.law import refused


@record
class RegisterNode:
    """A node joins, or its name or address changed."""

    node: str
    name: str
    parent: str
    site: str
    address: str
    at: datetime


@record
class OpenEpoch:
    """A service of a node begins an epoch: the first, or the one behind its last."""

    node: str
    service: str
    epoch: int
    at: datetime


@record
class RegisterKey:
    """A site signs with this key."""

    key: str
    site: str
    public_key: str
    at: datetime


@record
class RevokeKey:
    """The city no longer believes this key."""

    key: str
    at: datetime


Command = RegisterNode | OpenEpoch | RegisterKey | RevokeKey
State = Event | None


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case RegisterNode():
            return _node(command, state)
        case OpenEpoch():
            return _epoch(command, state)
        case RegisterKey():
            return _key(command, state)
        case RevokeKey():
            return _revoked(command, state)
        case _:
            assert_never(command)


def _node(command: RegisterNode, state: State) -> Sequence[Event]:
    if isinstance(state, NodeRegistered) and state.site != command.site:
        raise refused("other-site", node=command.node, known=state.site)
    told = NodeRegistered(
        node=command.node, name=command.name, parent=command.parent, site=command.site, address=command.address, at=command.at
    )
    return [] if state is not None and replace(told, at=state.at) == state else [told]


def _epoch(command: OpenEpoch, state: State) -> Sequence[Event]:
    open_now = state.epoch if isinstance(state, EpochOpened) else 0
    if command.epoch > open_now + 1:
        raise refused("epoch-not-next", node=command.node, service=command.service, due=open_now + 1, epoch=command.epoch)
    opened = EpochOpened(node=command.node, service=command.service, epoch=command.epoch, at=command.at)
    return [opened] if command.epoch > open_now else []


def _key(command: RegisterKey, state: State) -> Sequence[Event]:
    """A revoked key that is told again stays revoked: the list of sites is told at every start."""
    if isinstance(state, KeyRegistered) and state.public_key != command.public_key:
        raise refused("other-key", key=command.key)
    told = KeyRegistered(key=command.key, site=command.site, public_key=command.public_key, at=command.at)
    return [told] if state is None else []


def _revoked(command: RevokeKey, state: State) -> Sequence[Event]:
    match state:
        case KeyRegistered(site=site):
            return [KeyRevoked(key=command.key, site=site, at=command.at)]
        case KeyRevoked():
            return []
        case _:
            raise refused("unknown-key", key=command.key)


def evolve(_state: State, event: Event) -> State:
    return event


REGISTRY: Decider[Command, State, Event] = Decider(None, decide, evolve)
