"""One box takes a case number, a scanned code, a credit code or words; a personal number goes nowhere."""

from __future__ import annotations

import pytest

from libs.web.finding import Searched, SearchedKind, sought

CASE = "511525-20261109-000231-4"


@pytest.mark.parametrize(
    "typed",
    [
        CASE,
        f"  {CASE} ",
        "511525－20261109－000231－4",
        "５１１５２５—20261109—000231—4",
        f"http://site.example/cases/{CASE}",
        f"https://site.example/follow?number={CASE}&from=qr",
        f"/follow?n={CASE}",
    ],
)
def test_a_case_number_is_known_typed_or_scanned(typed: str) -> None:
    assert sought(typed) == Searched(SearchedKind.CASE, CASE)


def test_a_credit_code_is_one_only_with_its_check_digits() -> None:
    assert sought("9135010 0M000100Y43").kind is SearchedKind.CREDIT_CODE
    assert sought("91350100m000100y43") == Searched(SearchedKind.CREDIT_CODE, "91350100M000100Y43")
    assert sought("91350100M000100Y44").kind is SearchedKind.WORDS


@pytest.mark.parametrize("typed", ["11010519491231002X", "1101 0519 4912 3100 2X", "13812345678", "查 13812345678", "511525199001013687"])
def test_a_personal_number_is_looked_for_nowhere(typed: str) -> None:
    """The last one is right as a credit code, too."""
    assert sought(typed) == Searched(SearchedKind.PERSONAL, "")


def test_everything_else_is_words_of_bounded_length() -> None:
    assert sought("  食品　经营 ") == Searched(SearchedKind.WORDS, "食品 经营")
    assert sought("\u3000") == Searched(SearchedKind.NOTHING, "")
    assert len(sought("长" * 10_000).text) == 100
    assert sought(f"https://site.example/{'x' * 600}{CASE}").kind is SearchedKind.WORDS
    assert sought("http://[").kind is SearchedKind.WORDS
