"""What of an address is told: ours, and nothing that somebody may have typed."""

from __future__ import annotations

import pytest

from libs.codes import resident_number, told_path

NUMBER = resident_number("51152519800307611")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/intake/cases/511525-20261109-000231-4/steps/hand-over",
        "/intake/nodes/511525100/cases",
        "/deadline/clocks/clock:511525-20261109-000231-4:step:3/proof",
        "/vault/subjects/subj-6f0a1c2e-4b5d-4e6f-8a9b-0c1d2e3f4a5b/openings",
        "/feed/511525/intake/1",
        "/static/web/kit.css",
        "//openapi.json",
    ],
)
def test_what_is_ours_is_told_as_it_was_asked(path: str) -> None:
    assert told_path(path) == path


@pytest.mark.parametrize(
    "typed",
    ["欧阳标记", NUMBER, "13990971234", "139-9097-1234", f"x{NUMBER}", f"case-{NUMBER}", "6222020200112233445", "a b", "Li", "..", "%E6"],
)
def test_what_somebody_typed_is_not(typed: str) -> None:
    assert told_path(f"/hub/cases/{typed}") == "/hub/cases/▇"
    assert told_path(f"/{typed}/cases") == "/▇/cases"


def test_a_path_without_end_is_told_in_short() -> None:
    assert len(told_path("/a" * 30_000)) == 300
