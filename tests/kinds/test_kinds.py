"""The log of the thirty-nine kinds: one id per kind, none skipped without its reason."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from _pytest.mark import ParameterSet

from tests.kinds.days import DAYS
from tests.kinds.desk import Desk
from tests.kinds.doors import DOORS
from tests.kinds.kind import Kind
from tests.kinds.logs import LOGS
from tests.kinds.sheets import SHEETS

KINDS: Final = (*SHEETS.kinds, *LOGS.kinds, *DOORS.kinds, *DAYS.kinds)
SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+){1,4}")
REPORT: Final = re.compile(r"[\w.-]+/[\w.-]+#\d+")
LEAVES_OUT: Final = re.compile(r"pytest\.(skip|xfail|importorskip)|mark\.(skip|xfail)")
OWN: Final = re.compile(r"an office's (file|list|log|map|request|question)")


def tried(kind: Kind) -> ParameterSet:
    """The kind as a parameter of the test: its id, and its marks."""
    marks = [pytest.mark.server] if kind.server else []
    return pytest.param(kind, id=kind.id, marks=marks if kind.skipped is None else [*marks, pytest.mark.skip(reason=kind.skipped)])


@pytest.mark.parametrize("kind", [tried(kind) for kind in KINDS])
def test_kind(kind: Kind, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    desk = Desk(tmp_path, str(request.getfixturevalue("database")) if kind.server else "")
    kind.tries(desk)
    assert desk.asked, "it is tried through the door that people use"


def test_there_are_thirty_nine_each_with_its_sentence_and_its_source() -> None:
    assert len({kind.id for kind in KINDS}) == len(KINDS) == 39
    assert [kind.id for kind in KINDS if not SLUG.fullmatch(kind.id)] == []
    assert [kind.id for kind in KINDS if len(kind.sentence) < 40 or not kind.sentence.endswith(".") or ": " not in kind.sentence] == []
    assert [kind.id for kind in KINDS if not (REPORT.fullmatch(kind.source) or OWN.fullmatch(kind.source))] == []


def test_none_is_skipped_without_its_reason() -> None:
    assert [kind.id for kind in KINDS if kind.skipped is not None and len(kind.skipped) < 20] == []
    topics = [path for path in Path(__file__).parent.glob("*.py") if path != Path(__file__)]
    assert [path.name for path in topics if LEAVES_OUT.search(path.read_text("utf-8"))] == []
