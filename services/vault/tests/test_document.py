"""What is said where a document, or a piece of one, is not taken."""

from __future__ import annotations

from typing import get_args

import pytest

from libs.decider import Refused
from libs.vault import MOST_PIECE, Why
from services.vault.subject import may_add
from services.vault.subject.documents import not_taken


@pytest.mark.parametrize("why", get_args(Why))
def test_every_reason_is_a_sentence(why: str) -> None:
    no = not_taken(why, MOST_PIECE)
    assert isinstance(no, Refused)
    assert no.code == why
    assert "P-" in no.source


def test_the_right_offset_is_in_the_sentence() -> None:
    for why in ("wrong-offset", "piece-differs", "not-complete"):
        assert "第 1048576 字节" in not_taken(why, MOST_PIECE).because


def test_nothing_is_added_to_who_was_erased() -> None:
    may_add(erased=False)
    with pytest.raises(Refused, match="erased"):
        may_add(erased=True)
