"""Who is in the network: nodes with their sites, sites with their keys. The same told again is already so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from libs.decider import Decider, record
from services.hub.events import Event, KeyRegistered, NodeRegistered
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
class RegisterKey:
    """A site signs with this key."""

    key: str
    site: str
    public_key: str
    at: datetime


Command = RegisterNode | RegisterKey
State = Event | None


def decide(command: Command, state: State) -> Sequence[Event]:
    match command, state:
        case RegisterNode(site=site), NodeRegistered(site=known) if site != known:
            raise refused("other-site", node=command.node, known=known)
        case RegisterNode(), _:
            told = NodeRegistered(
                node=command.node, name=command.name, parent=command.parent, site=command.site, address=command.address, at=command.at
            )
            return [] if state is not None and replace(told, at=state.at) == state else [told]
        case RegisterKey(), KeyRegistered(public_key=public) if public != command.public_key:
            raise refused("other-key", key=command.key)
        case RegisterKey(), None:
            return [KeyRegistered(key=command.key, site=command.site, public_key=command.public_key, at=command.at)]
        case RegisterKey(), _:
            return []
        case _:
            assert_never(command)


def evolve(_state: State, event: Event) -> State:
    return event


REGISTRY: Decider[Command, State, Event] = Decider(None, decide, evolve)
