"""The pages of the stories that ship: a page shows the telling of the file beside it, exactly as the command prints it now."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from typer.testing import CliRunner

from services.cli import app

ROOT: Final = Path(__file__).parents[3]
STORIES: Final = ROOT / "docs" / "stories"
WRITES: Final = "LIANDONG_WRITE_STORIES"
"""Set, the tests write the tellings into the pages instead: `LIANDONG_WRITE_STORIES=1 .venv/bin/pytest services/cli/tests/test_shipped_pages.py`."""
SHOWN: Final = re.compile(r"(?<=^```\n)\$ \S*liandong story docs/stories/(\S+)\.json\n((?:(?!```).*\n)*)(?=```$)", re.MULTILINE)
"""A telling in a page: the command as somebody types it, and what it prints."""


def names() -> list[str]:
    """The stories that ship, by the names of their files."""
    return sorted(file.stem for file in STORIES.glob("*.json"))


@cache
def printed(name: str) -> str:
    """What the command prints of a story, for people."""
    return _run(name)


@cache
def told(name: str) -> Any:
    """What the command says of a story, for programs."""
    return json.loads(_run(name, "--json"))


def stale(page: Path, environ: Mapping[str, str] = os.environ) -> list[str]:
    """The stories that a page shows otherwise than the command prints them; none where they were written just now, where `WRITES` is set."""
    text = page.read_text(encoding="utf-8")
    wrong = [found[1] for found in SHOWN.finditer(text) if found[2] != printed(found[1])]
    if wrong and environ.get(WRITES):
        page.write_text(SHOWN.sub(_anew, text), encoding="utf-8", newline="\n")
        return []
    return wrong


def shown(page: Path) -> list[str]:
    """The stories that a page tells."""
    return [found[1] for found in SHOWN.finditer(page.read_text(encoding="utf-8"))]


def _anew(found: re.Match[str]) -> str:
    command = found[0].partition("\n")[0]
    return f"{command}\n{printed(found[1])}"


def _run(name: str, *words: str) -> str:
    found = CliRunner().invoke(app, ["story", str(STORIES / f"{name}.json"), *words])
    assert (found.exit_code, found.stderr) == (0, ""), found.output
    return found.stdout
