"""An item: one matter people can apply for, known at a node under its code (plan section 二(一)1). An import lands it; so may an editor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, assert_never

from libs.decider import Decider, Refused, record
from services.catalogue.events import ItemChanged, ItemRegistered, ItemsImported

TYPES: Final = frozenset({"00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "20"})
"""事项类型 of GB/T 39046-2020, Appendix A."""


@record
class RegisterItem:
    """The item is to stand so. `agency` is empty where the code given was set aside; whether a code is well formed is found out at the edge."""

    item: str
    name: str
    type_code: str
    department: str
    base_code: str
    area: str
    agency: str
    agency_given: str
    by: str
    at: datetime


@record
class EndImport:
    """A whole file was gone through."""

    file_digest: str
    file_name: str
    rows: int
    landed: int
    unchanged: int
    set_aside_rows: int
    set_aside_agencies: int
    by: str
    at: datetime


Command = RegisterItem | EndImport
Event = ItemRegistered | ItemChanged | ItemsImported
State = ItemRegistered | ItemChanged | None


def decide(command: Command, state: State) -> Sequence[Event]:
    match command:
        case RegisterItem():
            if not command.item or not command.name:
                raise Refused("no-code-or-name", "事项须有编码和名称（P-item-named）")
            if command.type_code not in TYPES:
                raise Refused("unknown-type", "事项类型不在代码表中（GB/T 39046—2020 附录 A，P-item-named）")
            if state is None:
                return [ItemRegistered(**_fields(command))]
            told = ItemChanged(**_fields(command))
            return [] if _same(told, state) else [told]
        case EndImport():
            return [ItemsImported(**{name: getattr(command, name) for name in EndImport.__dataclass_fields__})]
        case _:
            assert_never(command)


def _fields(command: RegisterItem) -> dict[str, Any]:
    return {name: getattr(command, name) for name in RegisterItem.__dataclass_fields__}


def _same(told: ItemChanged, state: ItemRegistered | ItemChanged) -> bool:
    before = ItemChanged(**{name: getattr(state, name) for name in ItemChanged.__dataclass_fields__})
    return replace(before, by=told.by, at=told.at) == told


def evolve(state: State, event: Event) -> State:
    return state if isinstance(event, ItemsImported) else event


ITEM: Decider[Command, State, Event] = Decider(None, decide, evolve)
