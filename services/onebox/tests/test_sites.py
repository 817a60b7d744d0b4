"""When a site counts as started."""

from __future__ import annotations

import pytest

from libs.host import NeedsTheOperator
from services.onebox.sites import started

UP = {"state": "up", "because": "", "seconds": 0.0}


def down(because: str) -> dict[str, object]:
    return {"state": "down", "because": because, "seconds": 0.0}


@pytest.mark.parametrize(
    ("deadline", "so"), [(UP, True), (down(NeedsTheOperator.__name__), True), (down("RuntimeError"), False), (down("TimeoutError"), False)]
)
def test_a_site_that_only_waits_for_the_operators_word_has_started_for_the_word_is_given_to_it(
    deadline: dict[str, object], so: bool
) -> None:
    assert started({"state": "down", "checks": {"intake": UP, "deadline": deadline}}) is so
