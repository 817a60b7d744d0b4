"""The table of acts over HTTP, without a server: every act has one route, and every form says what its command asks."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.case import ACTS, possible
from services.intake.case.acceptance import DeemAccepted
from services.intake.case.act import Asked
from services.intake.case.filing import File
from services.intake.http import ROUTES, Route
from services.intake.http.suspension import SuspensionNotice
from services.intake.tests import stories as s
from services.intake.tests.stories import given

GIVEN = {field.name for field in fields(Asked)}
"""What the handler knows by itself."""
FOR_IMPORTS = {"role"}
FOUND = {"agency_valid", "second_known", "to_grants"}
"""What is found out at the door, and said by no form."""


def test_every_act_on_a_case_has_one_route() -> None:
    routed = [route.command for route in ROUTES.values()]
    assert set(routed) == set(ACTS) - {File, DeemAccepted}
    assert len(routed) == len(set(routed))


@pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES)
def test_a_form_says_what_its_command_asks(route: Route) -> None:
    asked = {field.name: field.default is MISSING for field in fields(route.command) if field.name not in GIVEN | FOR_IMPORTS | FOUND}
    said = {name: field.is_required() for name, field in route.form.model_fields.items()} if route.form else {}
    assert said == asked


def test_what_is_possible_can_be_asked_for() -> None:
    routed = {route.command for route in ROUTES.values()}
    for story in (
        s.filed(),
        s.told_to_correct(),
        s.returned_incomplete(),
        s.reviewed(),
        s.approving(),
        s.suspended(),
        s.approved(),
        s.delivered(),
    ):
        assert set(possible(s.asked("2007-03-06"), given(story).state)) == routed


NOTICE: dict[str, Any] = {
    "reason": "technical-assessment",
    "expected_days": 5,
    "notice": "宜水函〔2007〕8号",
    "notified": "2007-03-12",
    "first": "2007-03-12",
}


def test_a_form_becomes_the_commands_own_types() -> None:
    told = s.suspend()
    assert SuspensionNotice.model_validate(NOTICE | {"reason": "inspection"}).model_dump() == {
        name: getattr(told, name) for name in ("reason", "expected_days", "notice", "notified", "first")
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "appraisal"},
        {"reason": "site-visit"},
        {"expected_days": 0},
        {"notice": ""},
        {"first": 1173657600},
        {"first": "2007-02-30"},
        {"notified": "2007-03-12T10:00:00+08:00"},
        {"officer": "approver-2"},
    ],
)
def test_what_a_form_does_not_take(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SuspensionNotice.model_validate(NOTICE | wrong)
