"""What is named exists: documents, decisions, policies, stations of the way; and the README says what the code does."""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.repository.syntax import ROOT, TRACKED, name, services

DOCUMENT = re.compile(r"(?<![\w/.}*-])(?!https?:)[\w.-][\w./-]*\.md\b")
DECISION = re.compile(r"\b(?:[Dd]ecisions?[ /]|decisions/)(\d{4})|\[(\d{4})\]\(decisions/")
POLICY = re.compile(r"\bP-[a-z][a-z0-9-]*")
FILE = re.compile(r"`([\w/.-]+\.(?:py|toml|yml|html|json|lock))(?:::[\w.<>]+)?`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
GENERATED = {"law", "policies", "benchmarks"}
"""Compared with what makes them; they shorten paths."""
STATION = re.compile(r"`([\w/.-]+\.py)::([\w.<>]+)`")
STOP = re.compile(r"^(\d+)\. `([\w/.-]+\.py)::([\w.<>]+)` — \S", re.MULTILINE)
TEXTS = [path for path in TRACKED if path.suffix in {".py", ".md", ".toml", ".yml", ".yaml"}]
SEEDED = re.compile(r"(\d+) items[^.|]*?(\d+) cases[^.|]*?(\d+)[^.|]*?imported[^.|]*?(\d+)")
SEEDED_ZH = re.compile(r"(\d+) 个事项[^。|]*?(\d+) 个办件[^。|]*?导入的 (\d+) 个[^。|]*?今天的 (\d+) 个")

Wrong = Iterator[str]


def missing_documents(text: str, folder: Path) -> Wrong:
    """Documents named in `text` that stand neither beside it nor where the path says from the root."""
    for target in DOCUMENT.findall(text.replace('" / "', "/")):
        if not (folder / target).is_file() and not (ROOT / target).is_file():
            yield target


def missing_files(text: str, folder: Path) -> Wrong:
    """Files named and places linked to in a document: by a path from beside it, from the root or from `services/`; a bare name stands
    somewhere below the document's folder, for a document of `docs/` anywhere.
    """
    within = ROOT if folder.is_relative_to(ROOT / "docs") else folder
    for target in FILE.findall(text):
        known = [(place / target).is_file() for place in (folder, ROOT, ROOT / "services")]
        if not any(known) and ("/" in target or not any(path.name == target and path.is_relative_to(within) for path in TRACKED)):
            yield target
    for target in LINK.findall(text):
        if not target.startswith(("http:", "https:", "mailto:")) and not (folder / target).exists():
            yield target


def missing_decisions(text: str) -> Wrong:
    """Numbers of decisions that nobody took."""
    for numbers in DECISION.findall(text):
        if not list((ROOT / "docs" / "decisions").glob(f"{''.join(numbers)}-*.md")):
            yield "decision " + "".join(numbers)


def missing_policies(text: str) -> Wrong:
    """Ids of policies that are no row of docs/policies.md."""
    yield from sorted(set(POLICY.findall(text)) - policies())


@cache
def policies() -> frozenset[str]:
    return frozenset(re.findall(r"^\| (P-[a-z0-9-]+) \|", (ROOT / "docs" / "policies.md").read_text(), re.MULTILINE))


def missing_stations(text: str) -> Wrong:
    """`file::function` that is no function, class or method of that file."""
    for file, function in STATION.findall(text):
        path = ROOT / file
        if not path.is_file() or not stands_in(ast.parse(path.read_text()), function):
            yield f"{file}::{function}"


def stands_in(tree: ast.AST, function: str) -> bool:
    """Whether a qualified name is defined in a module; a function within a function stands behind `<locals>`, as Python writes it."""
    for part in function.replace(".<locals>", "").split("."):
        found = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)]
        named = next((node for node in found if node.name == part and node is not tree), None)
        if named is None:
            return False
        tree = named
    return True


def speaks_of_policies(path: Path) -> bool:
    """Tests of libraries and of the repository make policies up to show what they check."""
    parts = path.relative_to(ROOT).parts
    return "tests" not in parts or parts[0] == "services"


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_what_is_named_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    wrong = [*missing_documents(text, path.parent), *missing_decisions(text)]
    wrong += missing_policies(text) if speaks_of_policies(path) else []
    wrong += missing_files(text, path.parent) if path.suffix == ".md" and path.stem not in GENERATED else []
    wrong += missing_stations(text) if path.suffix == ".md" and path.stem != "law" else []  # that page is compared with the run itself
    assert wrong == [], f"{name(path)} names what does not exist"


def made_up(*parts: str) -> str:
    """A name that must not stand in this file in one piece, or the test above would find it."""
    return "".join(parts)


GONE, WAY = made_up("recipes", ".md"), made_up("way", ".md")
BITES: list[tuple[Callable[[str], Wrong], str, list[str]]] = [
    (lambda text: missing_documents(text, ROOT), f"(design: {GONE}, step 5) and docs/wire.md", [GONE]),
    (lambda text: missing_documents(text, ROOT / "docs"), f"[way]({WAY}), `docs/{GONE}`, https://example.org/x/{GONE}", [f"docs/{GONE}"]),
    (lambda text: missing_documents(text, ROOT), 'glob("*.md")', []),
    (
        lambda text: missing_files(text, ROOT / "docs"),
        "`libs/decider.py`, `libs/gone.py::f`, `decider.py`, `gone.py`",
        ["libs/gone.py", "gone.py"],
    ),
    (lambda text: missing_files(text, ROOT / "services" / "hub"), "`registry.py`, `hub/registry.py`, `decider.py`", ["decider.py"]),
    (
        lambda text: missing_files(text, ROOT / "docs"),
        "![x](pictures/city.png) [y](pictures/gone.png) [z](decisions#a)",
        ["pictures/gone.png"],
    ),
    (missing_decisions, made_up("(deci", "sion 0010), docs/deci", "sions/0999-x; [9998](deci", "sions/9998-y)"), ["0999", "9998"]),
    (missing_policies, made_up("P-two-persons，P-", "nobody"), [made_up("P-", "nobody")]),
    (missing_stations, "`libs/decider.py::Decider.fold`, `libs/decider.py::refusing.<locals>.refused`", []),
    (missing_stations, "`libs/decider.py::Decider.unfold`", ["libs/decider.py::Decider.unfold"]),
    (missing_stations, "`libs/nowhere.py::f`", ["libs/nowhere.py::f"]),
]


@pytest.mark.parametrize(("check", "text", "wrong"), BITES)
def test_what_is_named_and_does_not_exist_is_found(check: Callable[[str], Wrong], text: str, wrong: list[str]) -> None:
    assert [found.removeprefix("decision ") for found in check(text)] == wrong


# --- the way -----------------------------------------------------------------------------------------------------------------------------


def test_the_way_is_a_numbered_list_of_stations() -> None:
    text = (ROOT / "docs" / "way.md").read_text(encoding="utf-8")
    stops = STOP.findall(text)
    assert [int(number) for number, _, _ in stops] == list(range(1, len(stops) + 1))
    assert 12 <= len(stops) <= 20
    assert len({(file, function) for _, file, function in stops}) == len(stops), "a station stands there twice"


# --- the README ----------------------------------------------------------------------------------------------------------------------------


def constant(word: str) -> ast.expr:
    """The one constant of that name in the code that makes a box."""
    box = [
        path
        for path in TRACKED
        if path.suffix == ".py" and path.relative_to(ROOT).parts[:2] in {("services", "onebox"), ("services", "cli")}
    ]
    nodes = [
        node for path in box for node in ast.parse(path.read_text()).body if isinstance(node, ast.AnnAssign) and node.value is not None
    ]
    (value,) = [node.value for node in nodes if isinstance(node.target, ast.Name) and node.target.id == word]
    assert value is not None
    return value


def seeded() -> tuple[int, int, int, int]:
    """Items, cases in all, imported ones and ones of today, as the code that fills a new box says."""
    items, past, today = constant("ITEMS"), ast.literal_eval(constant("PAST")), ast.literal_eval(constant("TODAY"))
    assert isinstance(items, ast.Tuple)
    return len(items.elts), past + today, past, today


@pytest.mark.parametrize(("document", "said"), [("README.md", SEEDED), ("README.zh.md", SEEDED_ZH)])
def test_the_readme_says_rightly_how_many_cases_a_new_box_has(document: str, said: re.Pattern[str]) -> None:
    found = said.search((ROOT / document).read_text(encoding="utf-8"))
    assert found is not None, f"{document} does not say how many items and cases a new box has"
    assert tuple(map(int, found.groups())) == seeded()


@pytest.mark.parametrize("document", ["README.md", "README.zh.md"])
def test_the_proof_in_the_readme_is_what_the_command_prints(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    block = re.search(r"```\n\$ \S*liandong (due .*)\n((?:.*\n)*?)```", text)
    assert block is not None, f"{document} shows no proof"
    command = [sys.executable, "-m", "services.cli", *block[1].split()]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout.splitlines()
    shown = [line for line in block[2].splitlines() if line.strip("│ ") != "…"]
    assert len(shown) < len(printed), "shortened, and says so"
    places = [printed.index(line.rstrip()) for line in shown]
    assert places == sorted(places)
    assert shown[-1] == printed[-1]


FAST = (
    "command → append, one event, 64 callers / pyeventsourcing, same PostgreSQL",
    "relay log → Kafka / raw aiokafka producer, same bytes, gathered",
    "hub: verify, archive, project / raw aiokafka consume + COPY",
)


@pytest.mark.parametrize("document", ["README.md", "README.zh.md"])
def test_the_readme_says_how_fast_as_it_was_measured(document: str) -> None:
    rows = json.loads((ROOT / "docs" / "benchmarks.json").read_text(encoding="utf-8"))["rows"]
    measured = [statistics.median(a / b for a, b in zip(rows[key]["ours"], rows[key]["theirs"], strict=True)) for key in FAST]
    said = re.findall(r"^\|.*\| (\S+) × \|$", (ROOT / document).read_text(encoding="utf-8"), re.MULTILINE)
    assert said == [f"{times:.2g}" for times in measured]


# --- the READMEs of services ---------------------------------------------------------------------------------------------------------------

PARTS = ["Why it stands apart", "What it hears and says", "Read in this order", "Picture"]


@pytest.mark.parametrize("service", services(), ids=lambda path: path.name)
def test_a_service_is_introduced_in_four_parts(service: Path) -> None:
    headings = re.findall(r"^## (.+)$", (service / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == PARTS
