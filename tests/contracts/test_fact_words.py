"""The words of facts, held against what their owners promise in `contracts/events`."""

from __future__ import annotations

from pathlib import Path

import pytest

from libs.authority import ACTS
from libs.testkit.contracts import EVENTS, Contract, contract
from libs.words import ACT_WORDS, CLOCK_STATES, CLOCKS, FACTS, OBJECTS, PHRASES, RUNGS, VALUES, sentence, told, word
from services.dashboard.views.words import ACTS as OF_CASES
from services.deadline.clock.rungs import Rung
from services.intake.http import ROUTES
from services.intake.http.filing import FILING

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
    acts = [family for family in PROMISED if family.startswith(OF_CASES)]
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
    assert {field: set(words) for field, words in VALUES.items()} == said


def test_every_kind_of_clock_has_its_word() -> None:
    (kinds,) = (option.said["enum"] for option in of("liandong.deadline.ClockStarted").shape.options[0].fields["kind"].options)
    assert set(CLOCKS) == set(kinds)
    assert [kind for kind in kinds if told("clock", f"clock:511525-20261123-000001-7:{kind}").isascii()] == []


def test_every_act_and_every_rung_has_its_word() -> None:
    """Beside the acts on a case stand the filing, and what a story sets up before its first act."""
    assert list(ACT_WORDS) == ["item", "procedure", "file", *ROUTES]
    assert list(RUNGS) == [rung.value for rung in Rung]
    assert [text for text in (*ACT_WORDS.values(), *RUNGS.values(), *CLOCK_STATES.values()) if text.isascii()] == []


def test_an_act_is_called_the_same_where_it_is_told_and_where_it_is_granted() -> None:
    granted = {part: ACTS[route.act].word for part, route in {"file": FILING, **ROUTES}.items()}
    setting_up = {"item": ACTS["catalogue.register-item"].word, "procedure": ACTS["catalogue.publish-procedure"].word}
    assert dict(ACT_WORDS) == {**setting_up, **granted}


def test_what_holds_from_the_very_day_of_the_fact_on_is_not_said_twice() -> None:
    said = {"by": "silence", "at": "2007-03-13T00:00:00+08:00", "effective": "2007-03-05T01:00:00Z"}
    assert sentence("liandong.intake.CaseAccepted", said) == "逾期视为受理 · 自 2007年3月5日 起受理"
    assert sentence("liandong.intake.CaseAccepted", {**said, "by": "decision", "at": said["effective"]}) == "经审查受理"


def test_no_phrase_is_left_over_from_a_field_that_is_not_told() -> None:
    assert (PHRASES.keys() | OBJECTS.keys()) <= {field for _, field in FIELDS}


@pytest.mark.parametrize(("family", "field"), FIELDS)
def test_a_field_with_fields_of_its_own_is_said_in_words(family: str, field: str) -> None:
    sample = of(family).sample[field]
    text = told(field, sample)
    assert "{" not in text
    assert isinstance(sample, dict) == (field in OBJECTS and sample is not None)


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("imported", True, "导入"),
        ("imported", False, ""),
        ("missing", ["营业执照", "身份证明"], "营业执照、身份证明"),
        ("still_missing", [], ""),
        ("reason", "technical-assessment", "鉴定"),
        ("reason", "不属于本机关职权范围", "不属于本机关职权范围"),
        ("reason", None, ""),
        ("still_missing", ["营业执照"], "尚缺：营业执照"),
        ("waived", ["营业执照", "章程"], "不再需要：营业执照、章程"),
        ("reasons", "新规定不再要求", "理由：新规定不再要求"),
        ("reasons", "", ""),
        ("second_officer", "", ""),
        ("expected_days", 5, "需 5 个工作日"),
        ("agency", {"uscc": "11511500MB1554566Q", "name": "某局"}, "有权机关：某局（11511500MB1554566Q）"),
        ("agency", None, ""),
        ("clock", "clock:511525-20261123-000001-7:suspension:2", "依法不计时 2"),
        ("name", "现场勘验", "现场勘验"),
        ("effective", "2007-03-04T16:30:00Z", "自 2007年3月5日 起受理"),
        ("first", "2007-03-05", "自 2007年3月5日 起"),
        ("last", None, ""),
        ("due_at", "2007-04-12T16:00:00Z", ""),
        ("due_at", None, "另有程序未结束，到期日未定"),
        ("overdue", 0, ""),
        ("overdue", 2, "仍未办结，已超期 10 个工作日"),
        ("late", True, "超期"),
        ("late", False, "按时"),
        ("by", "decision", "经审查受理"),
        ("clock", "clock:511525-20261123-000001-7:statutory", "法定"),
        ("clock", "clock:511525-20261123-000001-7:step:3", "环节 3"),
        ("clock", None, ""),
    ],
)
def test_a_field_as_people_read_it(field: str, value: object, text: str) -> None:
    assert told(field, value) == text
