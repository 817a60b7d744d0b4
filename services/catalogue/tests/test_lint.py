"""What the law lets nobody publish: limits by regime, names compared trimmed and folded, what a licence has to say (P-regimes, P-names-folded)."""

from __future__ import annotations

from typing import Any

import pytest

from services.catalogue.events import CaseKind, ForeseenStop, ForeseenStopper, Material, ProcedureStepRole, Step
from services.catalogue.tests.stories import STEPS, given_procedure, publish

WORK, EXAMINE, APPROVE = STEPS
BARE: dict[str, Any] = {"extension_days": 0, "suspensions": ()}
"""What a regime without a row knows nothing of."""


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"delivery_days": 11}, "delivery-over-10"),
        ({"correction_days": 6}, "correction-over-5"),
        ({"correction_days": 0}, "limit-below-one"),
    ],
)
def test_the_five_days_of_art_32_and_the_ten_of_art_44_admit_no_special_law(changes: dict[str, Any], code: str) -> None:
    given_procedure().when(publish(special_law="《某条例》第一条", **changes)).refused(code)


@pytest.mark.parametrize("step", [0, -1])
def test_a_step_limit_is_a_working_day_at_least_or_none(step: int) -> None:
    given_procedure().when(publish(steps=(Step(name="核查", post="examiner", limit_days=step), EXAMINE, APPROVE))).refused("limit-below-one")


@pytest.mark.parametrize("regime", ["registration", "confirmation", "benefit", "service", "other"])
@pytest.mark.parametrize("changes", [{"statutory_days": 61}, {"correction_days": 6}, {"delivery_days": 11}])
def test_regimes_without_a_row_have_bounds_of_their_own(regime: str, changes: dict[str, Any]) -> None:
    given_procedure().when(publish(regime=regime, **BARE, **changes)).refused("limit-outside-regime")


@pytest.mark.parametrize("regime", ["record-filing", "service"])
def test_only_where_the_regime_knows_them_a_limit_is_extended_or_a_clock_stopped(regime: str) -> None:
    steps = (WORK,) if regime == "record-filing" else STEPS
    given_procedure().when(publish(regime=regime, steps=steps, suspensions=())).refused("extension-outside-regime")
    given_procedure().when(publish(regime=regime, steps=steps, extension_days=0)).refused("suspension-outside-regime")


@pytest.mark.parametrize("post", ["综合岗 ", "\u3000综合岗", "综合岗\u200b"])
def test_a_post_is_the_same_with_spaces_around_it(post: str) -> None:
    steps = (
        Step(name="审查", post="综合岗", role=ProcedureStepRole.EXAMINE),
        Step(name="核准", post=post, role=ProcedureStepRole.APPROVE),
    )
    given_procedure().when(publish(steps=steps)).refused("same-post")


def test_names_are_the_same_whatever_their_case_width_and_spaces() -> None:
    twice = (Step(name="ＥＸＡＭ", post="x"), Step(name=" exam", post="x"), EXAMINE, APPROVE)
    given_procedure().when(publish(steps=twice)).refused("step-twice")
    given_procedure().when(publish(materials=(Material(name="申请书"), Material(name="申请书 ")))).refused("material-twice")


def test_who_examines_does_so_before_anybody_approves() -> None:
    given_procedure().when(publish(steps=(WORK, APPROVE, EXAMINE))).refused("examine-after-approve")


@pytest.mark.parametrize("kind", CaseKind)
def test_a_record_filing_is_a_notification_that_nobody_examines_or_approves(kind: CaseKind) -> None:
    promised = 8 if kind is CaseKind.PROMISED else 0
    filing = {"regime": "record-filing", "kind": kind, "promised_days": promised, **BARE}
    step = Step(name="审查", post="x", role=ProcedureStepRole.EXAMINE)
    given_procedure().when(publish(**filing, steps=(step,))).refused("approval-outside-regime")
    given_procedure().when(publish(**filing, steps=())).taken()


@pytest.mark.parametrize(("missing", "code"), [("department", "no-department"), ("remedies", "no-remedies")])
def test_a_licence_names_who_decides_and_where_a_refusal_is_contested(missing: str, code: str) -> None:
    given_procedure().when(publish(**{missing: None})).refused(code)


def test_a_procedure_of_art_45_is_foreseen_once() -> None:
    testing = ForeseenStop(reason=ForeseenStopper.TESTING, approver_post="分管负责人", cap_days=30)
    given_procedure().when(publish(suspensions=(testing, testing))).refused("suspension-twice")


@pytest.mark.parametrize("name", ["其他材料", "其他", "法律、法规规定的其他材料", "其它有关资料（如有）"])
def test_a_list_of_materials_is_closed(name: str) -> None:
    given_procedure().when(publish(materials=(Material(name="申请书"), Material(name=name)))).refused("other-materials")
