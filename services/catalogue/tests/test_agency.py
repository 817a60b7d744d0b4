"""Agency codes: GB 32100-2015 and what was really published (`uscc_vectors.csv`: the standard's worked example, and public links)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalogue.http.agency import agency_fault

with Path(__file__).with_name("uscc_vectors.csv").open(encoding="utf-8", newline="") as file:
    VECTORS = [(row["value"], row["valid"] == "1") for row in csv.DictReader(file)]
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
EDITED = st.sampled_from([value for value, valid in VECTORS if valid])


@pytest.mark.parametrize(("code", "valid"), VECTORS)
def test_a_published_code_is_judged_as_the_standard_does(code: str, valid: bool) -> None:
    assert (agency_fault(code) is None) is valid


@given(EDITED, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(code: str, at: int, other: str) -> None:
    wrong = code[:at] + other + code[at + 1 :]
    assert (agency_fault(wrong) is None) is (wrong == code)


@given(st.text(max_size=20) | st.text(st.sampled_from(ALPHABET + "１Ⅷß- ıIO"), min_size=16, max_size=20))
def test_whatever_is_written_there_is_judged(code: str) -> None:
    fault = agency_fault(code)
    assert fault or (len(code) == 18 and set(code) <= set(ALPHABET))
