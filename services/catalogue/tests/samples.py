"""One event of every public type: what the neighbours' tests hear of the catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

from libs.testkit.given import Given
from services.catalogue.events import Event, Kind, Role, Step
from services.catalogue.item import ITEM, EndImport, RegisterItem
from services.catalogue.procedure import PROCEDURE, PublishProcedure

AT: Final = datetime(2007, 1, 1, 1, tzinfo=UTC)
ITEM_LIST: Final = RegisterItem(
    item="511A00001",
    name="取水许可",
    type_code="01",
    department="高县水利局",
    base_code="000119001000",
    area="511525000000",
    agency="11511525008778183N",
    agency_given="11511525008778183N",
    by="E0001",
    at=AT,
)
STEPS: Final = (
    Step(name="现场核查", post="审查岗", limit_days=5, two_officers=True),
    Step(name="审查", post="审查岗", role=Role.EXAMINE, limit_days=3),
    Step(name="核准", post="核准岗", role=Role.APPROVE, limit_days=1),
)


def samples() -> list[Event]:
    """An item registered and changed, its procedure published, the import it came with."""
    items = Given(ITEM)().when(ITEM_LIST, replace(ITEM_LIST, department="高县水务局")).history()
    return [*items, *Given(PROCEDURE)().when(procedure()).history(), *Given(ITEM)().when(imported()).history()]


def procedure() -> PublishProcedure:
    """As intake's stories pin it."""
    return PublishProcedure(
        item="511A00001",
        name="取水许可",
        registered=True,
        regime="licence",
        kind=Kind.PROMISED,
        statutory_days=20,
        promised_days=10,
        delivery_days=10,
        extension_days=10,
        extension_moves_promise=False,
        correction_days=5,
        steps=STEPS,
        basis="《取水许可和水资源费征收管理条例》第十一条",
        special_law="",
        effective=date(2007, 1, 1),
        today=date(2007, 1, 1),
        by="E0001",
        at=AT,
    )


def imported() -> EndImport:
    """One row landed, one did not, one agency was no code."""
    counts = {"rows": 3, "landed": 2, "unchanged": 0, "set_aside_rows": 1, "set_aside_agencies": 1}
    return EndImport(file_digest=f"sha256:{'5a' * 32}", file_name="高县事项目录.xlsx", by="E0001", at=AT, **counts)
