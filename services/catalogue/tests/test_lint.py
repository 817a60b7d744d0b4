"""What the law lets nobody publish: limits by regime, names compared trimmed and folded, what a licence has to say (P-regimes, P-names-folded)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from libs.contracts import regimes
from services.catalogue.events import (
    CaseKind,
    DeliveryWay,
    Department,
    ForeseenStop,
    ForeseenStopper,
    Material,
    ProcedurePublished,
    ProcedureStepRole,
    SpecialLaw,
    Step,
)
from services.catalogue.tests.stories import GOOD, REMEDIES, STEPS, given_procedure, publish

WORK, EXAMINE, APPROVE = STEPS
TESTING = ForeseenStop(reason=ForeseenStopper.TESTING, approver_post="分管负责人", cap_days=30)
CITED = SpecialLaw(statutory_days="《某条例》第一条", extension_days="《某条例》第二条")
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
    given_procedure().when(publish(special=CITED, **changes)).refused(code)


@pytest.mark.parametrize("step", [0, -1])
def test_a_step_limit_is_a_working_day_at_least_or_none(step: int) -> None:
    given_procedure().when(publish(steps=(Step(name="核查", post="examiner", limit_days=step), EXAMINE, APPROVE))).refused(
        "limit-below-one"
    )


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
    given_procedure().when(publish(suspensions=(TESTING, replace(TESTING, approver_post="局长")))).refused("suspension-twice")


@pytest.mark.parametrize("name", ["其他材料", "其他", "法律、法规规定的其他材料", "其它有关资料（如有）"])
def test_a_list_of_materials_is_closed(name: str) -> None:
    given_procedure().when(publish(materials=(Material(name="申请书"), Material(name=name)))).refused("other-materials")


def test_a_citation_excepts_the_limit_it_stands_at_and_no_other() -> None:
    one = SpecialLaw(statutory_days="《某条例》第一条")
    given_procedure().when(publish(statutory_days=60, extension_days=11, special=one)).refused("extension-over-10")
    given_procedure().when(publish(statutory_days=60, special=SpecialLaw(extension_days="《某条例》第二条"))).refused("statutory-over-20")
    longer = publish(statutory_days=60, extension_days=40, special=CITED)
    assert given_procedure().when(longer).one(ProcedurePublished).special == CITED


def test_a_special_law_may_extend_what_the_regime_does_not() -> None:
    other = {**BARE, "regime": "registration", "statutory_days": 90, "extension_days": 30}
    given_procedure().when(publish(**other, special=CITED)).taken()
    given_procedure().when(publish(**other)).refused("limit-outside-regime")


@pytest.mark.parametrize("blank", ["", " ", "\u3000", "\u200b\ufeff"])
def test_blank_text_is_no_name_and_no_citation(blank: str) -> None:
    given_procedure().when(publish(statutory_days=21, special=SpecialLaw(statutory_days=blank))).refused("statutory-over-20")
    given_procedure().when(publish(basis=blank)).refused("no-basis")
    given_procedure().when(publish(steps=(replace(WORK, name=blank), EXAMINE, APPROVE))).refused("blank-name")
    given_procedure().when(publish(steps=(replace(WORK, post=blank), EXAMINE, APPROVE))).refused("blank-name")
    given_procedure().when(publish(materials=(Material(name=blank),))).refused("blank-name")
    given_procedure().when(publish(suspensions=(replace(TESTING, approver_post=blank),))).refused("blank-name")
    given_procedure().when(publish(department=Department(uscc=GOOD, name=blank))).refused("no-department")
    for half in (replace(REMEDIES, reconsider_at=blank), replace(REMEDIES, sue_at=blank), replace(REMEDIES, basis=blank)):
        given_procedure().when(publish(remedies=half)).refused("no-remedies")


def test_what_is_published_is_trimmed() -> None:
    told = publish(
        basis=" 食品安全法第三十五条 ",
        steps=(replace(WORK, name="核查 ", post="\u3000examiner"), EXAMINE, APPROVE),
        materials=(Material(name="申请书\u200b "),),
        suspensions=(replace(TESTING, approver_post=" 分管负责人"),),
        department=Department(uscc=GOOD, name="高县市场监督管理局 "),
        remedies=replace(REMEDIES, sue_at=" 高县人民法院"),
        special=SpecialLaw(extension_days=" "),
    )
    fact = given_procedure().when(told).one(ProcedurePublished)
    plain = publish(materials=(Material(name="申请书"),), suspensions=(TESTING,))
    assert given_procedure(fact).when(plain).then().history == [fact]


@pytest.mark.parametrize("regime", ["licence", "service"])
def test_a_department_is_named_with_a_sound_code(regime: str) -> None:
    bare = {} if regime == "licence" else BARE
    given_procedure().when(publish(regime=regime, **bare, department_valid=False)).refused("no-department")


def test_other_regimes_need_neither_department_nor_remedies() -> None:
    given_procedure().when(publish(regime="service", **BARE, department=None, remedies=None)).taken()


@pytest.mark.parametrize(
    "changes",
    [
        {"suspensions": (replace(TESTING, cap_days=0),)},
        {"extension_days": -1},
        {"kind": CaseKind.IMMEDIATE, "promised_days": -1, "steps": ()},
        {"statutory_days": 0},
        {"delivery_days": 0},
        {"remedies": replace(REMEDIES, reconsider_days=0)},
    ],
)
def test_no_limit_is_below_a_day(changes: dict[str, Any]) -> None:
    given_procedure().when(publish(**changes)).refused("limit-below-one")


def test_only_the_law_of_licences_makes_silence_acceptance() -> None:
    silence = {
        name: given_procedure()
        .when(publish(regime=name, steps=(WORK,) if name == "record-filing" else STEPS, **BARE))
        .one(ProcedurePublished)
        for name in regimes()
    }
    assert {name for name, told in silence.items() if told.silence_accepts} == {"licence"}
    assert {name for name, told in silence.items() if not told.approval} == {"record-filing"}


def test_a_result_reaches_the_applicant_by_some_way_named_once() -> None:
    given_procedure().when(publish(delivery=())).refused("no-delivery-way")
    given_procedure().when(publish(delivery=(DeliveryWay.POST, DeliveryWay.POST))).refused("no-delivery-way")


def test_a_material_is_wanted_in_one_copy_at_least() -> None:
    for copies in (0, -1):
        given_procedure().when(publish(materials=(Material(name="申请书", copies=copies),))).refused("no-copies")
