"""An intention is found in one place: a command is named only in its topic, the table of a road, its route and tests."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import pytest

from tests.repository.syntax import functions, name, nodes, services, tree
from tests.repository.test_layers import ROOMS, decides, modules

ROUTES: Final = frozenset({"http", "inbox", "ticker", "story"})
"""The rooms through which commands come in."""


def commands(service: Path) -> dict[str, Path]:
    """The command classes of a service's subjects with the files that define them: `Command` says which in every file with a decider."""
    found: dict[str, Path] = {}
    for place, path in modules(service):
        if place in ROOMS:
            continue
        module = importlib.import_module(name(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        assert hasattr(module, "Command") or not decides(tree(path)), f"{name(path)} has a decider and no `Command`"
        asked: Any = getattr(module, "Command", None)
        kinds = get_args(asked) or ([asked] if asked else [])
        found |= {kind.__name__: Path(importlib.import_module(kind.__module__).__file__ or "") for kind in kinds}
    return found


def named(module: ast.AST) -> Iterator[str]:
    """Every name in a syntax tree."""
    for node in nodes(module):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name.split(".")[-1]


def doors(service: Path, command: str) -> list[str]:
    """The files of the HTTP room that name a command; an import of another system's record is a door of its own."""
    files = [path for place, path in modules(service) if place == "http" and path.name != "imports.py"]
    return [name(path) for path in files if command in set(named(tree(path)))]


def is_route(path: Path, service: Path) -> bool:
    """Whether commands are put or listed here: a route, a hearer's `react`, the table of acts or of a road."""
    parts = path.relative_to(service).parts
    table = decides(tree(path)) or "roads" in parts
    return parts[0].removesuffix(".py") in ROUTES or table or any(function.name == "react" for function in functions(tree(path)))


@pytest.mark.parametrize("service", services(), ids=lambda path: path.name)
def test_a_command_is_named_where_it_belongs(service: Path) -> None:
    known = commands(service)
    strays = [
        f"{name(path)} names {command}"
        for _, path in modules(service)
        if not is_route(path, service)
        for command in sorted(known.keys() & set(named(tree(path))))
        if path != known[command]
    ]
    assert strays == []


@pytest.mark.parametrize("service", services(), ids=lambda path: path.name)
def test_a_command_comes_in_by_one_door(service: Path) -> None:
    wide = {command: found for command in commands(service) if len(found := doors(service, command)) > 1}
    assert wide == {}


def test_the_services_that_decide_have_commands() -> None:
    found: dict[str, Any] = {service.name: commands(service) for service in services()}
    assert {"catalogue", "deadline", "hub", "intake", "supervision"} <= {service for service, asked in found.items() if asked}
    assert "SuspendClocks" in found["intake"]
    assert name(found["intake"]["SuspendClocks"]) == "services/intake/case/suspension.py"
