"""The words of facts, held against what their owners promise in `contracts/events`."""

from __future__ import annotations

from pathlib import Path

import pytest

from libs.testkit.contracts import EVENTS, Contract, contract
from services.dashboard.views.words import ACTS, FACTS, VALUES, told, word

PROMISED = {f"liandong.{path.parent.name}.{path.name.partition('.')[0]}": path for path in sorted(EVENTS.glob("*/*.json"))}


def of(family: str) -> Contract:
    _, service, fact = family.split(".")
    return contract(service, fact)


def test_every_public_event_has_a_title_and_no_title_is_of_an_event_that_is_gone() -> None:
    assert set(FACTS) == set(PROMISED)


@pytest.mark.parametrize(("family", "path"), PROMISED.items(), ids=list(PROMISED))
def test_a_title_is_chinese_and_what_is_shown_is_there(family: str, path: Path) -> None:
    shown = FACTS[family]
    assert not shown.title.isascii()
    assert set(shown.fields) <= set(of(family).shape.options[0].fields), f"{path.name} has no such field"


def test_whoever_did_what_was_imported_stands_in_the_fact() -> None:
    acts = [family for family in PROMISED if family.startswith(ACTS)]
    fields = {family: set(of(family).shape.options[0].fields) for family in acts}
    assert [family for family in acts if "imported" in fields[family] and "officer" not in fields[family]] == []


FIELDS = [(family, field) for family, shown in FACTS.items() for field in shown.fields]


@pytest.mark.parametrize(("family", "field"), FIELDS)
def test_every_value_its_owner_may_say_has_a_word(family: str, field: str) -> None:
    schema = of(family).shape.options[0].fields[field]
    values = [value for option in schema.options for value in option.said.get("enum", ())]
    known = VALUES.get(field, {})
    assert [value for value in values if word(value, known).isascii()] == []
    if values:
        assert set(values) <= set(known)


def test_no_word_is_left_over_from_a_value_that_is_gone() -> None:
    said: dict[str, set[str]] = {field: set() for field in VALUES}
    for family, field in FIELDS:
        if field in VALUES:
            said[field] |= {value for option in of(family).shape.options[0].fields[field].options for value in option.said.get("enum", ())}
    # A card's kind of clock is plain text in its contract; its words are those of the clocks.
    said["clock_kind"] = said["kind"]
    assert {field: set(words) for field, words in VALUES.items()} == said


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("imported", True, "（导入）"),
        ("imported", False, ""),
        ("missing", ["营业执照", "身份证明"], "营业执照、身份证明"),
        ("still_missing", [], ""),
        ("kind", "promised", "承诺"),
        ("reason", "technical-assessment", "鉴定"),
        ("reason", "不属于本机关职权范围", "不属于本机关职权范围"),
        ("kind", None, ""),
        ("name", "现场勘验", "现场勘验"),
        ("by", "decision", "经审查受理"),
        ("clock", "clock:511525-20261123-000001-7:statutory", "法定"),
        ("clock", "clock:511525-20261123-000001-7:step:3", "环节 3"),
        ("clock", None, ""),
    ],
)
def test_a_field_as_people_read_it(field: str, value: object, text: str) -> None:
    assert told(field, value) == text
