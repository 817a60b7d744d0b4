"""A test that cannot fail is none: every one has a comparison, expects an exception or calls a helper that asserts."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Set
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.repository.syntax import PYTHON, ROOT, Function, functions, imports, name, tree

STORY: Final = frozenset({"then", "refused", "taken", "one"})
"""Methods of a story or a house that assert; `refused` of the rules is a function and counts for nothing."""
ANSWERED: Final = frozenset({"post", "get", "file", "ask"})
"""Requests of a house: they assert the status they are given."""
TESTS: Final = [path for path in PYTHON if path.name.startswith("test_")]


def can_fail(test: Function, helpers: Set[str] = frozenset()) -> bool:
    """Whether something in the test can say no; `helpers` are the functions its file knows that assert."""
    return any(says_no(node, helpers) for node in reached(test))


def reached(test: Function) -> Iterator[ast.AST]:
    """What is run: inner functions only where something names them."""
    spoken = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    spoken |= {node.attr for node in ast.walk(test) if isinstance(node, ast.Attribute)}
    waiting: list[ast.AST] = list(test.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function) and node.name not in spoken:
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def says_no(node: ast.AST, helpers: Set[str] = frozenset()) -> bool:
    """An assertion of something that is not settled as it stands, an exception expected, an asserting helper called."""
    if isinstance(node, ast.Assert):
        return not settled(node.test)
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func).split(".")[-1]
    if isinstance(node.func, ast.Attribute) and called in STORY:
        return bool(node.args) or called in ("taken", "then")
    return (
        called in helpers or called in ("raises", "warns") or (called in ANSWERED and any(word.arg == "status" for word in node.keywords))
    )


def settled(test: ast.expr) -> bool:
    """Whether an expression is true whatever happens: a constant, a tuple with something in it, constants compared."""
    if isinstance(test, ast.Compare):
        return all(isinstance(part, ast.Constant) for part in (test.left, *test.comparators))
    return isinstance(test, ast.Constant) or (isinstance(test, ast.Tuple | ast.List) and bool(test.elts))


def helpers_of(path: Path) -> frozenset[str]:
    """The functions a test file may call that assert: its own, and those it takes from other files of tests or from the kit."""
    taken = {
        target.rpartition(".")[::2]
        for target in imports(tree(path))
        if ".tests." in target or target.startswith(("tests.", "libs.testkit."))
    }
    return asserting(path) | {word for module, word in taken if (source := file_of(module)) is not None and word in asserting(source)}


def file_of(module: str) -> Path | None:
    """The file of a module of this house."""
    path = ROOT / Path(*module.split("."))
    return next((found for found in (path.with_suffix(".py"), path / "__init__.py") if found in PYTHON), None)


@cache
def asserting(path: Path) -> frozenset[str]:
    """The functions of a file that assert, themselves or by another one of the file: whoever calls one can be told no."""
    known: frozenset[str] = frozenset()
    others = [function for function in functions(tree(path)) if not function.name.startswith("test_")]
    while (found := frozenset(one.name for one in others if can_fail(one, known) or refuses(one))) != known:
        known = found
    return known


def refuses(function: Function) -> bool:
    """Whether the function raises an assertion by hand."""
    return any(
        isinstance(node, ast.Raise) and node.exc is not None and "AssertionError" in ast.unparse(node.exc) for node in ast.walk(function)
    )


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_every_test_can_fail(path: Path) -> None:
    helpers = helpers_of(path)
    assert [test.name for test in functions(tree(path)) if test.name.startswith("test_") and not can_fail(test, helpers)] == []


def test_the_words_of_a_story_assert() -> None:
    kit = asserting(ROOT / "libs" / "testkit" / "given.py") | asserting(ROOT / "libs" / "testkit" / "house.py")
    assert kit >= STORY
    assert {"post", "get"} <= asserting(ROOT / "libs" / "testkit" / "house.py")


@pytest.mark.parametrize(
    ("body", "fails"),
    [
        ("run()", False),
        ("assert True", False),
        ("assert 1, 'so it is'", False),
        ("for case in cases:\n        work(case)", False),
        ("assert 1 == 1", False),
        ("assert (x == 1, 'y')", False),
        ("refused('no-reasons')", False),
        ("queue.one()", False),
        ("def inner():\n        assert x == 1\n    run()", False),
        ("def inner():\n        assert x == 1\n    run(inner)", True),
        ("assert run() == 3", True),
        ("assert run()", True),
        ("with pytest.raises(KeyError):\n        run()", True),
        ("story(filed()).when(accept()).refused('told-to-correct')", True),
        ("house.post('/x')", False),
        ("house.post('/x', status=422)", True),
    ],
)
def test_what_counts(body: str, fails: bool) -> None:
    test = next(functions(ast.parse(f"def test_it():\n    {body}\n")))
    assert can_fail(test) is fails
