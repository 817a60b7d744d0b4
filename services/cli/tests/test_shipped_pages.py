"""The pages of the stories: ten of them, listed, each showing its telling as it is; and the README shows one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from services.cli.tests.shipped import ROOT, STORIES, WRITES, names, printed, shown, stale

TEN: Final = [
    "01-granted",
    "02-silence",
    "03-one-notice",
    "04-hearing",
    "05-extension",
    "06-declined",
    "07-two-officers",
    "08-late",
    "09-refused-act",
    "10-township",
]
HEADINGS: Final = ["讲出来是这样", "看什么", "怎么办"]
"""The parts of a page, below its title and what it is about."""


def test_ten_stories_ship_each_with_its_page() -> None:
    assert names() == TEN
    assert sorted(page.stem for page in STORIES.glob("*.md") if page.stem != "README") == TEN


def test_the_ten_are_listed_in_their_order() -> None:
    text = (STORIES / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((\d\d-[\w-]+)\.md\)", text) == TEN


@pytest.mark.parametrize("name", TEN)
def test_a_page_shows_its_story_as_the_command_prints_it(name: str) -> None:
    page = STORIES / f"{name}.md"
    assert shown(page) == [name]
    assert stale(page) == [], f"docs/stories/{name}.md is not what the command prints: write it with {WRITES}=1, read it and commit it"


@pytest.mark.parametrize("name", TEN)
def test_a_page_says_what_it_is_about_what_to_see_and_what_to_do(name: str) -> None:
    text = (STORIES / f"{name}.md").read_text(encoding="utf-8")
    assert re.findall(r"^# (.+)$", text, re.MULTILINE)[0].startswith(f"{name[:2]} ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert f"]({name}.json)" in text


@pytest.mark.parametrize("document", ["README.md", "README.zh.md"])
def test_the_telling_in_the_readme_is_what_the_command_prints(document: str) -> None:
    assert shown(ROOT / document) == ["09-refused-act"]
    assert stale(ROOT / document) == [], f"{document} does not show what the command prints: write it with {WRITES}=1"


# --- the check of pages itself ----------------------------------------------------------------------------------------------------------


def test_a_page_that_shows_something_else_is_found_and_written_anew(tmp_path: Path) -> None:
    page = tmp_path / "page"
    before = "# 01\n\n```\n$ liandong story docs/stories/01-granted.json\n{}```\n\nbehind\n"
    page.write_text(before.format(printed("01-granted").replace("按时", "超期")), encoding="utf-8")
    assert stale(page, {}) == ["01-granted"]
    assert stale(page, {WRITES: "1"}) == []
    assert page.read_text(encoding="utf-8") == before.format(printed("01-granted"))
