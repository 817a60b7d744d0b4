"""The repository itself: budgets, links, topics against code, decisions and the tests that enforce them, no registry address."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.repository.syntax import PYTHON, ROOT, TRACKED, functions, name, tree


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_a_file_fits_in_the_head(path: Path) -> None:
    lines = path.read_text().count("\n")
    assert lines <= 300, f"{name(path)} has {lines} lines"


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    if "migrations" in path.parts:
        return
    long = {function.name: lines(function) for function in functions(tree(path)) if lines(function) > 40}
    assert long == {}, name(path)


def lines(function: ast.stmt) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def test_the_median_function_is_short() -> None:
    lengths = sorted(lines(function) for path in PYTHON for function in functions(tree(path)))
    assert lengths[len(lengths) // 2] <= 8


def test_there_is_enough_to_prove_it() -> None:
    """At least 0.7 lines of tests per line of source."""
    count = {True: 0, False: 0}
    for path in PYTHON:
        count["tests" in path.parts or "testkit" in path.parts] += path.read_text().count("\n")
    assert count[True] >= 0.7 * count[False], count


@pytest.mark.parametrize("path", [p for p in PYTHON if p.name != "__init__.py" or p.stat().st_size], ids=name)
def test_a_module_says_what_it_is(path: Path) -> None:
    doc = ast.get_docstring(tree(path))
    assert doc, f"{name(path)} has no docstring"
    assert len(doc.splitlines()) <= 6, f"{name(path)}: a docstring of a module is 1-5 lines"


def test_no_registry_address_stands_in_a_tracked_file() -> None:
    hosts = "|".join(
        [
            "py" + "pi.org",
            "python" + "hosted.org",
            "maven.apache" + ".org",
            "repo1" + ".maven",
            "registry.npm" + "js",
            "deb.debian" + ".org",
        ]
    )
    found = [name(p) for p in TRACKED if p.suffix not in {".png", ".woff2"} and re.search(hosts, p.read_text(errors="replace"))]
    assert found == []


def test_a_lock_file_of_npm_has_every_digest_and_no_address() -> None:
    locks = [path for path in TRACKED if path.name == "package-lock.json"]
    assert locks
    for path in locks:
        packages = {place: said for place, said in json.loads(path.read_text())["packages"].items() if place}
        assert {place for place, said in packages.items() if not said.get("integrity", "").startswith("sha512-")} == set(), name(path)
        assert {place for place, said in packages.items() if "resolved" in said} == set(), name(path)


def test_every_decision_names_a_test_that_exists() -> None:
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        tests = re.findall(r"`([\w/.-]+\.(?:py|yml|toml))(?:::\w+)?`", path.read_text())
        enforcing = [test for test in tests if Path(test).name.startswith("test_") or "ast-grep" in test]
        assert enforcing, f"{name(path)} names no test that enforces it"
        assert [test for test in enforcing if not (ROOT / test).is_file()] == [], name(path)


def test_the_pure_rules_rule_catches_what_it_should() -> None:
    command = [str(ROOT / ".venv" / "bin" / "ast-grep"), "test", "--config", str(ROOT / "sgconfig.yml"), "--skip-snapshot-tests"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
