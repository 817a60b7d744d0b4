"""Items and procedures as they come to be: every history by command."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from libs.authority import Grants, Post, posted
from libs.contracts import regime, regimes
from libs.testkit.given import Given
from services.catalogue.events import (
    CaseKind,
    DeliveryWay,
    Department,
    ForeseenStop,
    ForeseenStopper,
    ItemsImported,
    Material,
    ProcedurePublished,
    ProcedureStepRole,
    Remedies,
    SpecialLaw,
    Step,
)
from services.catalogue.item import ITEM, Event, RegisterItem, State, Wording
from services.catalogue.item.importing import IMPORT, EndImport
from services.catalogue.procedure import PROCEDURE
from services.catalogue.procedure.publishing import PublishProcedure

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
TODAY = date(2026, 11, 23)
GOOD = "11511301008778183N"
"""A published agency code whose check digit is right."""
given_item: Given[RegisterItem, State, Event] = Given(ITEM)
given_import: Given[EndImport, None, ItemsImported] = Given(IMPORT)
given_procedure: Given[PublishProcedure, ProcedurePublished | None, ProcedurePublished] = Given(PROCEDURE)
STEPS = (
    Step(name="核查", post="examiner", limit_days=2),
    Step(name="审查", post="examiner", role=ProcedureStepRole.EXAMINE, limit_days=2),
    Step(name="核准", post="approver", role=ProcedureStepRole.APPROVE, limit_days=1),
)
REMEDIES = Remedies(
    reconsider_at="高县人民政府",
    reconsider_days=60,
    sue_at="高县人民法院",
    sue_months=6,
    basis="行政复议法第二十条，行政诉讼法第四十六条",
)
WORDING = Wording(
    item="511A",
    name="食品经营许可",
    type_code="01",
    department="市监局",
    base_code="511A",
    area="511525",
    agency="",
    agency_given="x",
)
NODE = "511525"
EDITOR = Grants(posted([Post.EDITOR], [NODE]))
PUBLISH = PublishProcedure(
    item="511A",
    name="食品经营许可",
    registered=True,
    regime="licence",
    kind=CaseKind.PROMISED,
    statutory_days=20,
    promised_days=8,
    delivery_days=10,
    extension_days=10,
    extension_moves_promise=False,
    correction_days=5,
    steps=STEPS,
    basis="食品安全法第三十五条",
    special=SpecialLaw(),
    department=Department(uscc=GOOD, name="高县市场监督管理局"),
    materials=(Material(name="申请书", copies=2), Material(name="平面图", original=True), Material(name="承诺书")),
    pay_before_delivery=False,
    suspensions=tuple(ForeseenStop(reason=reason, approver_post="分管负责人", cap_days=30) for reason in ForeseenStopper),
    delivery=tuple(DeliveryWay),
    remedies=REMEDIES,
    law=regime("licence", TODAY),
    department_valid=True,
    effective=TODAY,
    today=TODAY,
    node=NODE,
    grants=EDITOR,
    by="E0001",
    at=AT,
)


def register(by: str = "E0001", **changes: Any) -> RegisterItem:
    return RegisterItem(wording=replace(WORDING, **changes), node=NODE, grants=EDITOR, by=by, at=AT)


def publish(**changes: Any) -> PublishProcedure:
    """A command with its `regime` looked up, as the edge does."""
    said = replace(PUBLISH, **changes)
    return replace(said, law=regime(said.regime, said.effective) if said.regime in regimes() else None)


def end_import(**changes: Any) -> EndImport:
    told = EndImport(
        file_digest="0" * 64,
        file_name="items.csv",
        rows=4,
        landed=3,
        unchanged=1,
        set_aside_rows=1,
        set_aside_agencies=2,
        node=NODE,
        grants=EDITOR,
        by="E0001",
        at=AT,
    )
    return replace(told, **changes)


def registered(**changes: Any) -> list[Event]:
    """An item is known."""
    return given_item().when(register(**changes)).history()


def changed() -> list[Event]:
    """It came again under another name."""
    return given_item(registered()).when(register(name="食品经营许可（新办）")).history()


def published(**changes: Any) -> list[ProcedurePublished]:
    """Its procedure is in force."""
    return given_procedure().when(publish(**changes)).history()


def imported() -> list[ItemsImported]:
    """An item list was gone through."""
    return given_import().when(end_import()).history()
