"""`contracts/regimes.toml`: what the law says of each regime is data, dated and with its source."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

import pytest

from libs.contracts import FOLDER, Regime, regime, regimes

SAID: Final[Mapping[str, Any]] = tomllib.loads((FOLDER / "regimes.toml").read_text(encoding="utf-8"))
ROWS: Final[list[dict[str, Any]]] = SAID["regime"]
BOUNDS: Final = {"decision": 60, "telling": 5, "delivery": 10}
"""The longest that any regime may give; 60: the longest of the regimes without a row."""


def test_every_row_is_of_a_regime_that_has_a_name_and_says_what_it_rests_on() -> None:
    assert {row["name"] for row in ROWS} <= set(regimes())
    assert all(name.strip() and word.strip() for name, word in regimes().items())
    assert all(row["basis"].strip() for row in ROWS)


def test_rows_are_complete_and_say_nothing_that_nobody_reads() -> None:
    fields = set(Regime.__dataclass_fields__)
    assert set(SAID["other"]) == fields
    assert all(set(row) == fields | {"name", "since", "basis"} for row in ROWS)


def test_the_rows_of_a_regime_stand_in_the_order_of_their_days() -> None:
    for name in regimes():
        days = [row["since"] for row in ROWS if row["name"] == name]
        assert all(earlier < later for earlier, later in pairwise(days))


@pytest.mark.parametrize("row", [SAID["other"], *ROWS], ids=lambda row: f"{row.get('name', 'without a row')} {row.get('since', '')}")
def test_bounds_leave_at_least_a_day_and_never_more_than_the_law(row: Mapping[str, Any]) -> None:
    assert all(1 <= row[name][0] <= row[name][1] <= most for name, most in BOUNDS.items())
    assert 0 <= row["extension"] <= 10
    assert row["suspension"] or not row["extension"], "what no procedure of Art. 45 stops, Art. 42 does not extend"


def test_only_licences_accept_by_silence() -> None:
    assert {row["name"] for row in ROWS if row["silence_accepts"]} == {"licence"}
    assert not SAID["other"]["silence_accepts"]


def test_the_row_in_force_is_the_last_that_began() -> None:
    for row in ROWS:
        first, own = row["since"], [one["since"] for one in ROWS if one["name"] == row["name"]]
        held = {name: tuple(row[name]) if name in BOUNDS else row[name] for name in Regime.__dataclass_fields__}
        assert asdict(regime(row["name"], first)) == held
        if first == min(own):
            assert regime(row["name"], first - timedelta(days=1)) == regime("other", first)


def test_a_licence_has_the_limits_of_the_licensing_law_since_it_is_in_force() -> None:
    law = regime("licence", date(2007, 3, 5))
    assert (law.decision, law.telling, law.delivery, law.extension) == ((1, 20), (1, 5), (1, 10), 10)
    assert (law.silence_accepts, law.suspension, law.remedies, law.approval) == (True, True, True, True)
    assert not regime("licence", date(2004, 6, 30)).silence_accepts


@pytest.mark.parametrize("name", ["registration", "confirmation", "benefit", "service", "other"])
def test_a_regime_without_a_row_has_the_bounds_of_others(name: str) -> None:
    law = regime(name, date(2007, 3, 5))
    assert (law.decision, law.telling, law.delivery, law.extension) == ((1, 60), (1, 5), (1, 10), 0)
    assert (law.silence_accepts, law.suspension, law.remedies, law.approval) == (False, False, False, True)
