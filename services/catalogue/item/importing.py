"""An import: a whole item list was gone through; what became of its rows is counted, once per run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from libs.authority import NO_GRANTS, Grants
from libs.codes import has_personal_number
from libs.decider import Decider, record
from services.catalogue.events import ItemsImported
from services.catalogue.item import must_be_authorised
from services.catalogue.law import refused

IMPORT_ITEMS: Final = "catalogue.import-items"


@record
class EndImport:
    """End a run of an import at a node: every row of the file landed or was set aside. `grants` are the editor's, as the edge knows them."""

    file_digest: str
    file_name: str
    rows: int
    landed: int
    unchanged: int
    set_aside_rows: int
    set_aside_agencies: int
    node: str
    by: str
    at: datetime
    grants: Grants = NO_GRANTS


Command = EndImport


def stream(file_digest: str) -> str:
    """The stream of the runs of one file."""
    return f"import:{file_digest}"


def may_import(file_name: str) -> None:
    """Refuses a file whose name has a personal number: the name is kept with the fact that its run ended."""
    if has_personal_number(file_name):
        raise refused("personal-data")


def decide(command: EndImport, _state: None) -> Sequence[ItemsImported]:
    """The fact that the run ended: each run is a fact of its own, whatever the earlier ones did."""
    may_import(command.file_name)
    must_be_authorised(command.grants, IMPORT_ITEMS, "", command.node, command.at)
    return [ItemsImported(**{name: getattr(command, name) for name in ItemsImported.__dataclass_fields__})]


def evolve(_state: None, _event: ItemsImported) -> None:
    """Nothing is remembered of a run."""


IMPORT: Final[Decider[EndImport, None, ItemsImported]] = Decider(None, decide, evolve)
