"""The repository as its tests look at it: the tracked files, their syntax trees, what they import."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
TRACKED: Final = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    if (ROOT / name).is_file()
]
PYTHON: Final = [path for path in TRACKED if path.suffix == ".py"]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name(path: Path) -> str:
    """As people write it: from the root."""
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(module: ast.AST) -> tuple[ast.AST, ...]:
    """Everything in the tree, walked through once for all who ask."""
    return tuple(ast.walk(module))


def functions(module: ast.AST) -> Iterator[Function]:
    """Every function and method, inner ones too."""
    for node in nodes(module):
        if isinstance(node, Function):
            yield node


def imports(module: ast.AST) -> Iterator[str]:
    """Every module imported while the program runs: `import a.b`, `from a import b` as `a.b`; what is imported for types only is left out."""
    for node in ast.iter_child_nodes(module):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from imports(node)


def services(root: Path = ROOT) -> list[Path]:
    """The folders of the services: those that can be built."""
    apps = [*(root / "services").glob("*/app.py"), *(root / "services").glob("*/app/__init__.py")]
    return sorted(root / "services" / path.relative_to(root / "services").parts[0] for path in apps)
