"""What is filled in is checked at the door, and nowhere shown: not by `repr`, not by an error, not by the answer."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from services.vault.http.forms import SubjectForm

LI: dict[str, Any] = {"kind": "person", "name": "李秀英", "resident_id": "511525198003070023", "phone": "13990900001"}
FIRM: dict[str, Any] = {"kind": "organisation", "name": "高县水利局", "uscc": "11511525008690122K", "contact_name": "赵敏"}
AGENT: dict[str, Any] = {
    "kind": "agent",
    "acts_for": "subj-6f0a1c2e-4b5d-4e6f-8a9b-0c1d2e3f4a5b",
    "document": "授权委托书（李秀英）",
    "name": "王建国",
    "resident_id": "511525197512310019",
}


def fault(form: dict[str, Any]) -> tuple[str, str]:
    """The field that is wrong and why; the whole of the library's own error is looked at for what was filled in."""
    with pytest.raises(ValidationError) as no:
        SubjectForm.model_validate(form)
    for name, value in form.items():
        assert name == "kind" or value not in f"{no.value} {no.value!r}"
    first = no.value.errors(include_input=False)[0]
    return str(first["loc"][-1]), first["msg"]


def test_a_person_is_kept_by_fields_and_found_by_number() -> None:
    confided = SubjectForm.model_validate({**LI, "name": " 李秀英 "}).confided()
    assert (confided.kind, dict(confided.hidden)) == ("person", {name: value for name, value in LI.items() if name != "kind"})
    assert dict(confided.alike) == {"person": LI["resident_id"]}
    acting = SubjectForm.model_validate({**AGENT, "resident_id": LI["resident_id"]}).confided()
    assert acting.alike == confided.alike, "who acts for another is still the same person"


def test_an_organisation_is_public_and_its_contacts_are_not() -> None:
    confided = SubjectForm.model_validate(FIRM).confided()
    assert dict(confided.public) == {"name": FIRM["name"], "uscc": FIRM["uscc"]}
    assert dict(confided.hidden) == {"contact_name": "赵敏"}


@pytest.mark.parametrize(
    ("number", "because"),
    [
        ("511525198003070024", "校验码不符"),
        ("51152519800230002X", "没有这个出生日期"),
        ("51152519800307002x", "应为大写"),
        ("5115251980030700", "长度不是 18 位"),
        ("51152519800307OO23", "格式不对"),
        ("５11525198003070023", "格式不对"),
    ],
)
def test_an_identity_number_is_checked(number: str, because: str) -> None:
    field, why = fault({**LI, "resident_id": number})
    assert field == "resident_id"
    assert because in why


def test_a_credit_code_is_checked_and_lower_case_is_refused() -> None:
    assert fault({**FIRM, "uscc": FIRM["uscc"].lower()}) == ("uscc", "统一社会信用代码应为大写")
    assert fault({**FIRM, "uscc": FIRM["uscc"][:-1] + "0"})[0] == "uscc"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " \t "},
        {"name": "李\u200b秀英与王建国"},
        {"name": "李秀英" * 30},
        {"phone": "不记得电话号码了"},
        {"phone": "13990900001转8"},
        {"address": "高县\n文江镇河东路"},
        {"name": 511525198003070023},
    ],
)
def test_what_is_wrong_is_said_without_what_it_is(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as no:
        SubjectForm.model_validate({**LI, **wrong})
    (value,) = wrong.values()
    assert str(value).strip() == "" or str(value) not in str(no.value)
    assert LI["resident_id"] not in str(no.value)


def test_a_form_and_what_is_kept_of_it_show_nothing() -> None:
    for form in (LI, FIRM, AGENT, {"kind": "text", "text": "我家门前的路"}):
        read = SubjectForm.model_validate(form)
        shown = f"{read!r} {read} {read.confided()!r} {read.confided()} {read.model_dump()!r}"
        hidden = [
            value for name, value in form.items() if name not in ("kind", "acts_for", "uscc") and (form is not FIRM or name != "name")
        ]
        assert [value for value in hidden if value in shown] == []


def test_kinds_are_told_apart() -> None:
    with pytest.raises(ValidationError):
        SubjectForm.model_validate({**LI, "kind": "robot"})
    with pytest.raises(ValidationError):
        SubjectForm.model_validate({**LI, "uscc": FIRM["uscc"]})
