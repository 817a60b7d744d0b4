"""One event of every public type, from stories: what the neighbours' tests hear of the catalogue."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Final

from services.catalogue.events import Department, Event, ItemsImported, Material, ProcedurePublished, ProcedureStepRole, Step
from services.catalogue.tests import stories as s

AT: Final = datetime(2007, 1, 1, 1, tzinfo=UTC)
STEPS: Final = (
    Step(name="现场核查", post="审查岗", limit_days=5, two_officers=True),
    Step(name="审查", post="审查岗", role=ProcedureStepRole.EXAMINE, limit_days=3),
    Step(name="核准", post="核准岗", role=ProcedureStepRole.APPROVE, limit_days=1),
)
MATERIALS: Final = tuple(Material(name=name) for name in ("申请书", "平面图", "承诺书", "取水口平面图"))


def samples() -> list[Event]:
    """An item registered and changed, its procedure published, the import it came with."""
    known = {"item": "511A00001", "name": "取水许可", "base_code": "000119001000", "area": "511525000000"}
    agency = {"agency": "11511301008778183N", "agency_given": "11511301008778183N"}
    before, after = (replace(s.register(**known, **agency, department=name), at=AT) for name in ("高县水利局", "高县水务局"))
    return [*s.given_item().when(before, after).history(), *_procedure(), *_import()]


def _procedure() -> list[ProcedurePublished]:
    """As intake's stories pin it."""
    says = {
        "item": "511A00001",
        "name": "取水许可",
        "promised_days": 10,
        "steps": STEPS,
        "department": Department(uscc=s.GOOD, name="高县水务局"),
        "materials": MATERIALS,
        "basis": "《取水许可和水资源费征收管理条例》第十一条",
    }
    return s.published(**says, effective=date(2007, 1, 1), today=date(2007, 1, 1), at=AT)


def _import() -> list[ItemsImported]:
    """Two rows landed, one did not; an agency was no code."""
    counts = {"rows": 3, "landed": 2, "unchanged": 0, "set_aside_rows": 1, "set_aside_agencies": 1}
    ended = s.end_import(file_digest=f"sha256:{'5a' * 32}", file_name="高县事项目录.xlsx", at=AT, **counts)
    return s.given_import().when(ended).history()
