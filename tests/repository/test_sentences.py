"""Whatever a person reads is Chinese first: the sentences of errors, faults and reasons wherever they are made. Logs and docstrings are English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.repository.syntax import PYTHON, ROOT, functions, name, nodes, tree

HAN: Final = re.compile(r"[\u4e00-\u9fff]")
WORDS: Final = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}|[A-Za-z]{4,}")
ERRORS: Final = frozenset(
    {
        "AlreadyRunning",
        "BadCalendar",
        "BadTable",
        "BoxError",
        "EmbeddedError",
        "LookupError",
        "Malformed",
        "NeedsTheOperator",
        "NotALog",
        "NotAMap",
        "NotAllowed",
        "NotImported",
        "NotShown",
        "OutOfCalendar",
        "PydanticCustomError",
        "UnknownCalendar",
        "Unreadable",
        "ValueError",
    }
)
"""Exceptions whose message reaches a person: at the command line, in an answer, in a report, as the reason of what is parked."""
SPEAKING: Final = frozenset({"about", "fail", "park", "park_nameless", "print", "say", "echo", "Argument", "Option", "Checked", "Evidence"})
"""Calls with a text for people among what they are given."""
FAULTS: Final = frozenset({"broken", "_broken"})
"""Functions that answer what is wrong, or None."""
PROGRAMMERS: Final = frozenset(
    {"libs/terminal.py", "libs/views/table.py", "libs/database/pool.py", "libs/eventlog/postgres.py", "libs/web/formats.py"}
)
"""Files whose errors say that the code is wrong, to those who write it; and the door itself."""
SOURCES: Final = [
    path
    for path in PYTHON
    if name(path).startswith(("libs/", "services/"))
    and not {"tests", "testkit", "migrations"} & set(path.parts)
    and name(path) not in PROGRAMMERS
]


def texts(node: ast.expr) -> Iterator[str]:
    """The sentences that an expression may give: of an f-string what stands fixed in it."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str))
        case ast.IfExp(body=one, orelse=other) | ast.BinOp(left=one, right=other):
            yield from (*texts(one), *texts(other))
        case ast.Tuple(elts=several) | ast.BoolOp(values=several):
            for one in several:
                yield from texts(one)
        case ast.Dict(values=several):
            for one in several:
                yield from texts(one)


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""


def said(module: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text of a file that reaches a person, with its line."""
    for node in nodes(module):
        if isinstance(node, ast.Call) and called(node) in ERRORS | SPEAKING:
            for given in [
                *node.args,
                *(word.value for word in node.keywords if word.arg in ("help", "title", "because", "reason", "fault")),
            ]:
                yield from ((node.lineno, text) for text in texts(given))
        elif isinstance(node, ast.Call):
            for word in node.keywords:
                if word.arg in ("title", "because", "reason_zh") and called(node) not in ("Condition", "FastAPI"):
                    yield from ((node.lineno, text) for text in texts(word.value))
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in ("fault", "reason", "because", "title"):
                    yield from ((node.lineno, text) for text in texts(value))
        elif isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == "fault" for target in node.targets):
            yield from ((node.lineno, text) for text in texts(node.value))
    for function in functions(module):
        if function.name in FAULTS:
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    yield from ((node.lineno, text) for text in texts(node.value))


def english(module: ast.AST) -> list[str]:
    """Those that say something, and nothing in Chinese."""
    found = {(line, text) for line, text in said(module) if " " in text.strip() and WORDS.search(text) and not HAN.search(text)}
    return [f"{line}: {text}" for line, text in sorted(found)]


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_a_person_is_told_in_chinese(path: Path) -> None:
    assert english(tree(path)) == []


@pytest.mark.parametrize(
    "text",
    [
        "raise BoxError('no such box', 2)",
        "raise Malformed(f'{x} is not known here')",
        "fail('not running' if x else '没有运行', 1)",
        "def broken():\n    return f'number {x} where {y} was due'",
        "def _broken():\n    return 3, 'another hash'",
        "Problem(status=409, code='x', title='not yet here')",
        "parking.park(connection, name, event, 'waits behind another')",
        "typer.Option('--x', help='some help')",
        "Checked(a, b, f'the log ends at {x}')",
        "rows.append({'sequence': 1, 'fault': 'not signed'})",
        "fault = (1, f'the feed is {x}')",
    ],
)
def test_every_way_to_say_it_is_looked_at(text: str) -> None:
    assert len(english(ast.parse(text))) == 1


def test_there_is_something_to_look_at() -> None:
    chinese = [text for path in SOURCES for _, text in said(tree(path)) if HAN.search(text)]
    assert len(chinese) > 150
    assert ROOT / "libs" / "wire" / "event.py" in SOURCES
