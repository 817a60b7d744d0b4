"""Who takes part in a story: whoever has `tells`, found by the roster."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from libs.contracts import Row
from libs.story import playing
from libs.story.tests.bells import Bell, scene


def test_a_service_joins_stories_by_its_own_tells_and_takes_no_part_without(monkeypatch: pytest.MonkeyPatch) -> None:
    bell, mute = ModuleType("services.bell.app"), ModuleType("services.mute.app")
    vars(bell)["tells"] = lambda here: Bell(here).part()
    for name, module in (("bell", bell), ("mute", mute)):
        monkeypatch.setitem(sys.modules, f"services.{name}.app", module)
    rows = tuple(Row(name, "site", (name,), (), "own") for name in ("bell", "mute"))
    monkeypatch.setattr("libs.story.roster.roster", lambda: rows)
    assert [part.codec.service for part in playing(scene())] == ["bell"]


def test_a_service_of_the_roster_without_a_folder_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libs.story.roster.roster", lambda: (Row("nowhere", "site", (), (), "own"),))
    with pytest.raises(ImportError):
        playing(scene())
