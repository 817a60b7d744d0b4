"""The repository itself: budgets, links, topics against code, decisions and the tests that enforce them, no registry address."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from libs.contracts import roster

ROOT = Path(__file__).parents[2]
TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    if (ROOT / name).is_file()
]
PYTHON = [path for path in TRACKED if path.suffix == ".py"]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_a_file_fits_in_the_head(path: Path) -> None:
    lines = path.read_text().count("\n")
    assert lines <= (400 if path.name == "events.py" else 300), f"{name(path)} has {lines} lines"


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    if "migrations" in path.parts:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name != "decide":
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= 40, f"{name(path)}:{node.lineno} {node.name} has {length} lines"


def test_the_median_function_is_short() -> None:
    lengths = sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in PYTHON
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    assert lengths[len(lengths) // 2] <= 8


@pytest.mark.parametrize("path", [p for p in PYTHON if p.name != "__init__.py" or p.stat().st_size], ids=name)
def test_a_module_says_what_it_is(path: Path) -> None:
    doc = ast.get_docstring(ast.parse(path.read_text()))
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


def test_who_publishes_has_events() -> None:
    for row in roster():
        events = ROOT / "services" / row.name / "events"
        assert not row.public or events.is_dir() or events.with_suffix(".py").exists(), f"{row.name} publishes, but has no events"


def test_services_know_each_other_through_contracts_only() -> None:
    for path in PYTHON:
        parts = path.relative_to(ROOT).parts
        if parts[0] != "services" or len(parts) < 3 or parts[1] == "cli":
            continue
        for other in re.findall(r"^\s*(?:from|import) services\.(\w+)", path.read_text(), re.MULTILINE):
            assert other == parts[1], f"{name(path)} imports services.{other}"


def test_every_decision_names_a_test_that_exists() -> None:
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        tests = re.findall(r"`([\w/.-]+\.(?:py|yml|toml))(?:::\w+)?`", path.read_text())
        found = [test for test in tests if (ROOT / test).exists()]
        assert found, f"{name(path)} names no test that enforces it"
        assert [t for t in tests if "/tests/" in t and not (ROOT / t).exists()] == [], name(path)


def test_links_in_documents_lead_somewhere() -> None:
    for path in [p for p in TRACKED if p.suffix == ".md"]:
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text()):
            if not target.startswith(("http:", "https:", "mailto:")):
                assert (path.parent / target).exists(), f"{name(path)} links to {target}"


def test_the_pure_rules_rule_catches_what_it_should() -> None:
    command = [str(ROOT / ".venv" / "bin" / "ast-grep"), "test", "--config", str(ROOT / "sgconfig.yml"), "--skip-snapshot-tests"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
