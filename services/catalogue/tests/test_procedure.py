"""What the law says of a procedure."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.decider import Refused
from services.catalogue.events import CaseKind, ProcedurePublished, ProcedureStepRole, SpecialLaw, Step
from services.catalogue.procedure import PROCEDURE
from services.catalogue.tests.stories import PUBLISH, STEPS, TODAY, given_procedure, publish, published


def version(number: int = 1, **changes: Any) -> ProcedurePublished:
    """What a command says, as the fact that is to come of it."""
    told = publish(**changes)
    assert told.law is not None
    known: dict[str, Any] = {"version": number, "silence_accepts": told.law.silence_accepts, "approval": told.law.approval}
    return ProcedurePublished(
        **known, **{name: getattr(told, name) for name in ProcedurePublished.__dataclass_fields__ if name not in known}
    )


def test_the_same_procedure_from_an_earlier_day_is_a_new_version() -> None:
    later = date(2026, 12, 1)
    first = given_procedure().when(publish(effective=later)).then(version(effective=later))
    first.when(publish(effective=date(2027, 1, 1))).then()
    first.when(publish()).then(version(2))


def test_versions_count_and_the_same_again_is_already_so() -> None:
    first = given_procedure().when(publish()).then(version())
    first.when(publish()).then()
    first.when(publish(by="E0002")).then()
    first.when(publish(promised_days=7)).then(version(2, promised_days=7))


def test_a_change_that_the_law_does_not_allow_is_refused_however_many_versions_there_are() -> None:
    given_procedure(published()).when(publish(promised_days=21)).refused("promised-over-statutory")


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
        ({"correction_days": 0}, "limit-below-one"),
        ({"promised_days": 4}, "steps-over-promise"),
        ({"promised_days": 0}, "promise-without-limit"),
        ({"kind": CaseKind.IMMEDIATE}, "immediate-with-limit"),
        ({"delivery_days": -1}, "limit-below-one"),
        ({"steps": (Step(name="核查", post="x", limit_days=-3), *STEPS[1:])}, "limit-below-one"),
        ({"regime": "Licence"}, "unknown-regime"),
        ({"steps": STEPS[:2]}, "no-examine-or-approve"),
        ({"steps": (*STEPS[:2], Step(name="核准", post="examiner", role=ProcedureStepRole.APPROVE))}, "same-post"),
        ({"steps": (STEPS[0], *STEPS)}, "step-twice"),
    ],
)
def test_what_the_law_does_not_allow_is_not_published(changes: dict[str, Any], code: str) -> None:
    given_procedure().when(publish(**changes)).refused(code)


def test_a_refusal_names_the_item_it_is_about_and_its_source() -> None:
    refusal = given_procedure().when(publish(registered=False)).refused("unknown-item")
    assert refusal.because == "事项 511A 未登记，先登记事项再公布实施办法（P-item-first）"


def test_a_special_law_may_set_other_limits_and_other_regimes_have_their_own() -> None:
    longer: dict[str, Any] = {"statutory_days": 60, "special": SpecialLaw(statutory_days="不动产登记暂行条例")}
    given_procedure().when(publish(**longer)).then(version(**longer))
    other: dict[str, Any] = {"statutory_days": 30, "regime": "registration", "extension_days": 0, "suspensions": ()}
    given_procedure().when(publish(**other)).then(version(**other))


def test_an_immediate_item_needs_no_steps_and_no_promise() -> None:
    given_procedure().when(publish(kind=CaseKind.IMMEDIATE, promised_days=0, steps=())).then(
        version(kind=CaseKind.IMMEDIATE, promised_days=0, steps=())
    )


days = st.integers(-2, 40)
asked = st.builds(
    publish,
    statutory_days=days,
    promised_days=days,
    delivery_days=days,
    extension_days=days,
    correction_days=st.integers(-1, 8),
    effective=st.integers(-2, 5).map(lambda n: TODAY + timedelta(days=n)),
    kind=st.sampled_from(CaseKind),
    regime=st.sampled_from(["licence", "service"]),
    suspensions=st.sampled_from([PUBLISH.suspensions, ()]),
    steps=st.lists(st.sampled_from(STEPS), max_size=4).map(tuple),
)


@given(st.lists(asked, max_size=6))
def test_whatever_is_asked_versions_are_gapless_and_no_promise_is_longer_than_the_law(commands: list[Any]) -> None:
    history: list[ProcedurePublished] = []
    for command in commands:
        with suppress(Refused):
            history.extend(PROCEDURE.decide(command, PROCEDURE.fold(history)))
    assert [one.version for one in history] == list(range(1, len(history) + 1))
    assert all(sum(step.limit_days or 0 for step in one.steps) <= one.promised_days <= one.statutory_days for one in history)
    assert all(one.statutory_days <= 20 and one.extension_days <= 10 for one in history if one.regime == "licence")
    assert all(not one.silence_accepts and not one.suspensions and not one.extension_days for one in history if one.regime == "service")
    assert all(1 <= one.correction_days <= 5 and 1 <= one.delivery_days <= 10 for one in history)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "取水许可，联系人13800138000"},
        {"basis": "取水许可条例第十一条，咨询电话138 0013 8000"},
        {"steps": (*STEPS[:2], replace(STEPS[2], name="核准（13800138000）"))},
        {"steps": (*STEPS[:2], replace(STEPS[2], post="核准岗 13800138000"))},
    ],
)
def test_no_personal_data_is_published(changes: dict[str, Any]) -> None:
    given_procedure().when(publish(**changes)).refused("personal-data")
