"""An item: one matter people can apply for, known at a node under its code (Plan 二(一)1, docs/policies.md).

An import or an editor registers it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from libs.authority import NO_GRANTS, Grants, may
from libs.codes import folded, has_personal_number, texts
from libs.decider import Decider, record
from libs.workdays import CHINA
from services.catalogue.events import ItemChanged, ItemRegistered
from services.catalogue.law import refused

TYPES: Final = frozenset({"00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "20"})
"""事项类型 of GB/T 39046-2020, Appendix A."""
TYPES_BY_WORD: Final = {
    "行政许可": "01",
    "行政处罚": "02",
    "行政强制": "03",
    "行政征收": "04",
    "行政给付": "05",
    "行政检查": "06",
    "行政确认": "07",
    "行政奖励": "08",
    "行政裁决": "09",
    "其他行政权力": "10",
    "公共服务": "20",
}
"""The words of the same table, as lists have them in place of the code."""


@record
class Wording:
    """What is said of an item. `agency` is empty where the code given was set aside; whether a code is well formed is found out at the edge."""

    item: str
    name: str
    type_code: str
    department: str
    base_code: str
    area: str
    agency: str
    agency_given: str


@record
class RegisterItem:
    """Register an item with this wording, or change its wording to this, at a node; by `act`: by hand, or as a row of a list. `grants` are the
    editor's, as the edge knows them.
    """

    wording: Wording
    node: str
    by: str
    at: datetime
    grants: Grants = NO_GRANTS
    act: str = "catalogue.register-item"


Command = RegisterItem
Event = ItemRegistered | ItemChanged
State = Wording | None


def stream(item: str) -> str:
    """The stream of an item, by its code in capitals of one width and one composition: two forms of one code are one item."""
    return f"item:{folded(item).upper()}"


def must_be_authorised(grants: Grants, act: str, code: str, node: str, at: datetime) -> None:
    """Raises `Refused` where the grants do not let somebody do the act on the item of this code, at this node, on the day of `at` in China."""
    if (because := may(grants, act, code, node, at.astimezone(CHINA).date())) is not None:
        raise refused("not-authorised", because=because)


def may_register(wording: Wording) -> None:
    """Refuses an item without code or name, or of a type the standard does not know."""
    if not wording.item or not wording.name:
        raise refused("no-code-or-name")
    if wording.type_code not in TYPES:
        raise refused("unknown-type")


def decide(command: RegisterItem, known: State) -> Sequence[Event]:
    """An item is registered once and changed by other words; `[]` where it stands so already."""
    if any(map(has_personal_number, texts(command.wording))):
        raise refused("personal-data")
    if command.wording == known:
        return []
    must_be_authorised(command.grants, command.act, command.wording.item, command.node, command.at)
    may_register(command.wording)
    if known is not None and known.item != command.wording.item:
        raise refused("known-in-another-form", item=known.item)
    said = {**asdict(command.wording), "by": command.by, "at": command.at}
    return [ItemRegistered(**said) if known is None else ItemChanged(**said)]


def evolve(_known: State, event: Event) -> State:
    """The item after `event`: what was said of it last."""
    return Wording(**{name: getattr(event, name) for name in Wording.__dataclass_fields__})


ITEM: Final[Decider[RegisterItem, State, Event]] = Decider(None, decide, evolve)
