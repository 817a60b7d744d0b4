"""Texts of users, files and servers reach a terminal by `libs/terminal.py` only: there no markup is read and no escape sequence gets through."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.repository.syntax import PYTHON, ROOT, name, nodes, tree

DOOR = ROOT / "libs" / "terminal.py"
SPEAKERS = [path for path in PYTHON if name(path).startswith(("libs/", "services/")) and "tests" not in path.parts and path != DOOR]
MARKED = frozenset({"Console", "from_markup", "escape"})


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def strays(path: Path, module: ast.AST) -> Iterator[str]:
    """Calls that print past the door, or read markup."""
    rich = {
        alias.name
        for node in nodes(module)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("rich")
        for alias in node.names
    }
    for call in (node for node in nodes(module) if isinstance(node, ast.Call)):
        told = {word.arg: word.value for word in call.keywords}
        if (called(call) in MARKED and called(call) in rich | {"from_markup"}) or (called(call) in ("echo", "secho") and "err" in told):
            yield f"{name(path)}:{call.lineno} {called(call)}"
        if called(call) == "TextColumn" and ast.dump(told.get("markup", ast.Constant(True))) != ast.dump(ast.Constant(False)):
            yield f"{name(path)}:{call.lineno} TextColumn reads markup"
        if called(call) in ("print", "status", "render_str") and "markup" in told:
            yield f"{name(path)}:{call.lineno} markup"


@pytest.mark.parametrize("path", SPEAKERS, ids=name)
def test_what_is_printed_goes_by_the_door(path: Path) -> None:
    assert list(strays(path, tree(path))) == []


@pytest.mark.parametrize(
    "text",
    [
        "from rich.console import Console\nConsole()",
        "from rich.text import Text\nText.from_markup('x')",
        "from rich.markup import escape\nescape('x')",
        "import typer\ntyper.echo('x', err=True)",
        "TextColumn('{task.description}')",
        "console.print('x', markup=True)",
    ],
)
def test_every_way_past_it_is_seen(text: str) -> None:
    assert len(list(strays(ROOT / "some.py", ast.parse(text)))) == 1
