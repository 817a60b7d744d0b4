"""Pages are made of the kit's components: outside of these a template carries no class, no style and no script of its own (decision 0036)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from tests.repository.syntax import ROOT, TRACKED, name

OWN: Final = re.compile(r"\s(?:class|style|on[a-z]+)\s*=|<(?:script|style)\b", re.IGNORECASE)
WEB: Final = ROOT / "libs" / "web"
FRAME: Final = WEB / "templates" / "base.html"
"""What stands around every page, made of no component."""
TEMPLATES: Final = [path for path in TRACKED if path.suffix == ".html" and WEB / "kit" not in path.parents and path != FRAME]


def own(text: str) -> list[str]:
    """What a template carries of its own."""
    return OWN.findall(text)


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_page_carries_no_class_of_its_own(path: Path) -> None:
    assert own(path.read_text(encoding="utf-8")) == []


def test_there_are_such_pages() -> None:
    assert len(TEMPLATES) >= 18


@pytest.mark.parametrize(
    "text", ['<p class="small">', "<b CLASS=x>", '<a style="color: red">', '<a onclick="x()">', "<script src=x>", "<td\n class=n>"]
)
def test_the_rule_bites(text: str) -> None:
    assert len(own(text)) == 1


def test_components_are_no_classes() -> None:
    assert own('{% call kit.panel("classes") %}{{ kit.tag("x", "warn") }}{% endcall %}') == []
