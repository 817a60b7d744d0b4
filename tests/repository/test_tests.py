"""A test that cannot fail is none: every one has a comparison, expects an exception or calls a helper that asserts."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import pytest

from tests.repository.syntax import PYTHON, Function, functions, name, tree

HELPERS: Final = frozenset({"then", "refused", "taken", "one", "expect", "seen", "check_everything", "wait_at_city", "page"})
"""Helpers that assert; the test below holds each to that."""
ANSWERED: Final = frozenset({"post", "get", "file", "ask"})
"""Requests of a house: they assert the status they are given."""
TESTS: Final = [path for path in PYTHON if path.name.startswith("test_")]


def can_fail(test: Function) -> bool:
    """Whether something in the test can say no."""
    return any(says_no(node) for node in ast.walk(test))


def says_no(node: ast.AST) -> bool:
    """An assertion of more than a constant, an exception expected, an asserting helper called."""
    if isinstance(node, ast.Assert):
        return not isinstance(node.test, ast.Constant)
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func).split(".")[-1]
    return (
        called in HELPERS or called in ("raises", "warns") or (called in ANSWERED and any(word.arg == "status" for word in node.keywords))
    )


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_every_test_can_fail(path: Path) -> None:
    assert [test.name for test in functions(tree(path)) if test.name.startswith("test_") and not can_fail(test)] == []


def test_the_helpers_assert() -> None:
    found = {
        function.name
        for path in PYTHON
        if "tests" in path.parts or "testkit" in path.parts
        for function in functions(tree(path))
        if function.name in HELPERS and any(says_no(node) or isinstance(node, ast.Raise) for node in ast.walk(function))
    }
    assert found == HELPERS


@pytest.mark.parametrize(
    ("body", "fails"),
    [
        ("run()", False),
        ("assert True", False),
        ("assert 1, 'so it is'", False),
        ("for case in cases:\n        work(case)", False),
        ("assert run() == 3", True),
        ("assert run()", True),
        ("with pytest.raises(KeyError):\n        run()", True),
        ("story(filed()).when(accept()).refused('told-to-correct')", True),
        ("house.post('/x')", False),
        ("house.post('/x', status=422)", True),
    ],
)
def test_what_counts(body: str, fails: bool) -> None:
    (test,) = functions(ast.parse(f"def test_it():\n    {body}\n"))
    assert can_fail(test) is fails
