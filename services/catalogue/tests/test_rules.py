"""What the law says of a procedure, and what an item list may do to an item."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from libs.testkit.given import Given
from services.catalogue.events import ItemChanged, ItemRegistered, Kind, ProcedurePublished, Role, Step
from services.catalogue.item import ITEM, RegisterItem
from services.catalogue.procedure import PROCEDURE, PublishProcedure

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
item, procedure = Given(ITEM), Given(PROCEDURE)
FIELDS: dict[str, Any] = {
    "item": "511A",
    "name": "食品经营许可",
    "type_code": "01",
    "department": "市监局",
    "base_code": "511A",
    "area": "511525",
    "agency": "",
    "agency_given": "x",
    "by": "E0001",
    "at": AT,
}
STEPS = (
    Step(name="核查", post="examiner", limit_days=2),
    Step(name="审查", post="examiner", role=Role.EXAMINE, limit_days=2),
    Step(name="核准", post="approver", role=Role.APPROVE, limit_days=1),
)


def publish(**changes: Any) -> PublishProcedure:
    told = PublishProcedure(
        item="511A",
        name="食品经营许可",
        registered=True,
        regime="licence",
        kind=Kind.PROMISED,
        statutory_days=20,
        promised_days=8,
        delivery_days=10,
        extension_days=10,
        extension_moves_promise=False,
        correction_days=5,
        steps=STEPS,
        basis="食品安全法第三十五条",
        special_law="",
        effective=date(2026, 11, 23),
        today=date(2026, 11, 23),
        by="E0001",
        at=AT,
    )
    return replace(told, **changes)


def published(version: int = 1, **changes: Any) -> ProcedurePublished:
    told = publish(**changes)
    names = [name for name in ProcedurePublished.__dataclass_fields__ if name != "version"]
    return ProcedurePublished(version=version, **{name: getattr(told, name) for name in names})


def test_an_item_is_registered_once_and_changed_when_it_says_something_else() -> None:
    known = item().when(RegisterItem(**FIELDS)).then(ItemRegistered(**FIELDS))
    known.when(RegisterItem(**{**FIELDS, "by": "E0002"})).then()
    other = {**FIELDS, "name": "食品经营许可（新办）"}
    changed = known.when(RegisterItem(**other)).then(ItemChanged(**other))
    changed.when(RegisterItem(**FIELDS)).then(ItemChanged(**FIELDS))


def test_an_item_without_a_name_is_none() -> None:
    item().when(RegisterItem(**{**FIELDS, "name": ""})).refused("no-code-or-name")


def test_a_type_that_is_no_code_of_the_standard_is_refused() -> None:
    item().when(RegisterItem(**{**FIELDS, "type_code": "77"})).refused("unknown-type")


def test_the_same_procedure_from_an_earlier_day_is_a_new_version() -> None:
    later = date(2026, 12, 1)
    first = procedure().when(publish(effective=later)).then(published(effective=later))
    first.when(publish(effective=date(2027, 1, 1))).then()
    first.when(publish()).then(published(2))


def test_versions_count_and_the_same_again_is_already_so() -> None:
    first = procedure().when(publish()).then(published())
    first.when(publish()).then()
    first.when(publish(promised_days=7)).then(published(2, promised_days=7))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"registered": False}, "unknown-item"),
        ({"effective": date(2026, 11, 22)}, "effective-in-the-past"),
        ({"basis": " "}, "no-basis"),
        ({"promised_days": 21, "statutory_days": 20}, "promised-over-statutory"),
        ({"statutory_days": 21}, "statutory-over-20"),
        ({"extension_days": 11}, "extension-over-10"),
        ({"delivery_days": 11}, "delivery-over-10"),
        ({"correction_days": 6}, "correction-over-5"),
        ({"correction_days": 0}, "correction-over-5"),
        ({"promised_days": 4}, "steps-over-promise"),
        ({"promised_days": 0}, "promise-without-limit"),
        ({"kind": Kind.IMMEDIATE}, "immediate-with-limit"),
        ({"delivery_days": -1}, "negative-limit"),
        ({"steps": (Step(name="核查", post="x", limit_days=-3), *STEPS[1:])}, "negative-limit"),
        ({"regime": "Licence"}, "unknown-regime"),
        ({"steps": STEPS[:2]}, "no-examine-or-approve"),
        ({"steps": (*STEPS[:2], Step(name="核准", post="examiner", role=Role.APPROVE))}, "same-post"),
        ({"steps": (STEPS[0], *STEPS)}, "step-twice"),
    ],
)
def test_what_the_law_does_not_allow_is_not_published(changes: dict[str, Any], code: str) -> None:
    procedure().when(publish(**changes)).refused(code)


def test_a_special_law_may_set_other_limits_and_other_regimes_have_their_own() -> None:
    procedure().when(publish(statutory_days=60, special_law="不动产登记暂行条例")).then(
        published(statutory_days=60, special_law="不动产登记暂行条例")
    )
    procedure().when(publish(statutory_days=30, regime="registration")).then(published(statutory_days=30, regime="registration"))
