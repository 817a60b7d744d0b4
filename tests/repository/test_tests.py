"""A test that cannot fail is none: every one has a comparison, expects an exception or calls a helper that asserts."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.repository.syntax import PYTHON, Function, functions, name, tree

STORY: Final = frozenset({"then", "refused", "taken", "one"})
"""Methods of a story or a house that assert; `refused` of the rules is a function and counts for nothing."""
HELPERS: Final = frozenset({"expect", "seen", "check_everything", "wait_at_city", "page"})
"""Functions of tests that assert; the test below holds each of these names to that."""
ANSWERED: Final = frozenset({"post", "get", "file", "ask"})
"""Requests of a house: they assert the status they are given."""
TESTS: Final = [path for path in PYTHON if path.name.startswith("test_")]


def can_fail(test: Function) -> bool:
    """Whether something in the test can say no."""
    return any(says_no(node) for node in reached(test))


def reached(test: Function) -> Iterator[ast.AST]:
    """What is run: inner functions only where something names them."""
    spoken = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)} | {
        node.attr for node in ast.walk(test) if isinstance(node, ast.Attribute)
    }
    waiting: list[ast.AST] = list(test.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function) and node.name not in spoken:
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def says_no(node: ast.AST) -> bool:
    """An assertion of something that is not settled as it stands, an exception expected, an asserting helper called."""
    if isinstance(node, ast.Assert):
        return not settled(node.test)
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func).split(".")[-1]
    if isinstance(node.func, ast.Attribute) and called in STORY:
        return bool(node.args) or called == "taken" or called == "then"
    return (
        called in HELPERS or called in ("raises", "warns") or (called in ANSWERED and any(word.arg == "status" for word in node.keywords))
    )


def settled(test: ast.expr) -> bool:
    """Whether an expression is true whatever happens: a constant, a tuple with something in it, constants compared."""
    if isinstance(test, ast.Compare):
        return all(isinstance(part, ast.Constant) for part in (test.left, *test.comparators))
    return isinstance(test, ast.Constant) or (isinstance(test, ast.Tuple | ast.List) and bool(test.elts))


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_every_test_can_fail(path: Path) -> None:
    assert [test.name for test in functions(tree(path)) if test.name.startswith("test_") and not can_fail(test)] == []


def test_the_helpers_assert() -> None:
    found = {
        function.name
        for path in PYTHON
        if "tests" in path.parts or "testkit" in path.parts
        for function in functions(tree(path))
        if function.name in HELPERS | STORY and any(says_no(node) or isinstance(node, ast.Raise) for node in ast.walk(function))
    }
    assert found == HELPERS | STORY


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
