"""What may be said of an item, by an editor or by a list."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from services.catalogue.events import ItemChanged, ItemRegistered
from services.catalogue.item import stream
from services.catalogue.tests.stories import AT, WORDING, changed, end_import, given_import, given_item, imported, register, registered

NEW_NAME = "食品经营许可（新办）"


def test_an_item_is_registered_once_and_changed_when_it_says_something_else() -> None:
    known = given_item().when(register()).then(ItemRegistered(**asdict(WORDING), by="E0001", at=AT))
    known.when(register(by="E0002")).then()
    other = ItemChanged(**asdict(replace(WORDING, name=NEW_NAME)), by="E0001", at=AT)
    after = known.when(register(name=NEW_NAME)).then(other)
    after.when(register()).then(ItemChanged(**asdict(WORDING), by="E0001", at=AT))


def test_what_was_said_last_is_what_stands() -> None:
    given_item(changed()).when(register(name=NEW_NAME)).then()
    assert given_item(changed()).state == replace(WORDING, name=NEW_NAME)


def test_an_item_without_a_name_or_a_code_is_none() -> None:
    given_item().when(register(name="")).refused("no-code-or-name")
    given_item(registered()).when(register(item="")).refused("no-code-or-name")


def test_a_type_that_is_no_code_of_the_standard_is_refused() -> None:
    refusal = given_item().when(register(type_code="77")).refused("unknown-type")
    assert refusal.because == "事项类型不在 GB/T 39046—2020 附录 A 的代码表中（P-item-named）"


def test_every_run_of_an_import_is_a_fact_even_of_the_same_file() -> None:
    given_import(imported()).when(end_import()).then(*imported())


@pytest.mark.parametrize("said", ["name", "department", "item", "base_code", "agency_given"])
def test_no_personal_data_is_said_of_an_item(said: str) -> None:
    given_item().when(register(**{said: "440524188001010014"})).refused("personal-data")
    given_item(registered()).when(register(**{said: "王某 138 0013 8000"})).refused("personal-data")


def test_an_all_digit_agency_is_no_person() -> None:
    agency = "115113010833722043"
    code = f"511A0138000000-511602000000-000-{agency}-1-00"
    assert given_item().when(register(item=code, agency=agency, agency_given=agency)).refusal is None


def test_no_personal_data_stands_in_the_name_of_a_file() -> None:
    given_import().when(end_import(file_name="王某13800138000.xlsx")).refused("personal-data")


@pytest.mark.parametrize(("known", "other"), [("511A", "511a"), ("511A", "５１１Ａ"), ("511é", "511e\u0301")])
def test_another_form_of_a_known_code_is_the_same_item_and_no_second_one(known: str, other: str) -> None:
    assert stream(known) == stream(other)
    refusal = given_item(registered(item=known)).when(register(item=other)).refused("known-in-another-form")
    assert known in refusal.because


def test_a_code_in_capitals_names_its_stream_as_it_is() -> None:
    assert stream("511A00001-511602000000") == "item:511A00001-511602000000"
