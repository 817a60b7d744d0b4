"""One word, one idea: no class name has two meanings in the house, and what docs/words.md names stands where it says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath

from tests.repository.syntax import PYTHON, ROOT, name

COMMON = frozenset({"Event", "Command", "State"})
"""Names of the shape every decider has."""
NAMED = re.compile(r"`([A-Z]\w+)`")
PLACE = re.compile(r"`([\w/.-]+)`")

Sources = Mapping[str, str]
"""Path from the root → text, without tests and migrations."""


@cache
def sources() -> Sources:
    """The code of services and libraries."""
    found = {name(path): path.read_text(encoding="utf-8") for path in PYTHON}
    return {path: text for path, text in found.items() if path.startswith(("services/", "libs/")) and not aside(path)}


def aside(path: str) -> bool:
    return bool({"tests", "migrations"}.intersection(PurePosixPath(path).parts))


def classes(module: ast.Module) -> Iterator[str]:
    """Classes of a module for others to use."""
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


@cache
def types(text: str) -> frozenset[str]:
    """Classes, and types put together on the first level of a module: `Budget = WorkingDays | NaturalDays`. Constants are written large."""
    module = ast.parse(text)
    targets = [
        target
        for node in module.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and not made_by(node.value, "TypeVar")
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    ]
    named = {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset({*classes(module), *(word for word in named if word[0].isupper() and not word.isupper())})


def made_by(value: ast.expr | None, function: str) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) == function


def owner(path: str) -> str:
    """The service or the library a module belongs to."""
    first, second, *_ = PurePosixPath(path).parts
    return second if first == "services" else f"libs/{second.removesuffix('.py')}"


def of_events(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return parts[0] == "services" and len(parts) > 2 and parts[2] in ("events.py", "events")


def twice(texts: Sources) -> list[str]:
    """Names of types with two meanings: in two services or libraries. A fact, and the parts of it, may be read under its name."""
    places: dict[str, list[str]] = {}
    for path, text in texts.items():
        for word in types(text):
            places.setdefault(word, []).append(path)
    found: list[str] = []
    for word, paths in sorted(places.items()):
        owners = {owner(path) for path in paths}
        promised = {owner(path) for path in paths if of_events(path)}
        if len(owners) > 1 and word not in COMMON and (len(promised) != 1 or any(one.startswith("libs/") for one in owners)):
            found.append(f"{word}: {', '.join(sorted(paths))}")
    return found


def misplaced(document: str, texts: Sources) -> Iterator[str]:
    """Words of the tables that are not where they are said to be, or, in the last column, nowhere."""
    everywhere = {word for text in texts.values() for word in types(text)}
    for word, _, where, apart in rows(document):
        for place in PLACE.findall(where):
            if not (ROOT / place).exists() and not (ROOT / f"{place}.py").exists():
                yield f"{word}: there is no {place}"
        within = [text for path, text in texts.items() if any(is_below(path, place) for place in PLACE.findall(where))]
        here = {found for text in within for found in types(text)}
        yield from (f"{one} does not stand below {where}" for one in NAMED.findall(word) if one not in here)
        yield from (f"{one} stands nowhere" for one in NAMED.findall(apart) if one not in everywhere)


def is_below(path: str, place: str) -> bool:
    return path in (place, f"{place}.py") or path.startswith(f"{place}/")


def rows(document: str) -> Iterator[tuple[str, str, str, str]]:
    """The rows of the tables, without their heads."""
    for line in document.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and cells[0] != "word" and not cells[0].startswith("---"):
            yield cells[0], cells[1], cells[2], cells[3]


def words(document: str) -> Iterable[str]:
    return [cell for cell, _, _, _ in rows(document)]


def broken_rows(document: str) -> Iterator[str]:
    width = 0
    for line in document.splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        width = cells and (width or cells)
        if cells != width:
            yield line


def test_no_class_name_has_two_meanings() -> None:
    assert twice(sources()) == []


def test_china_has_one_clock() -> None:
    assert [path for path, text in sources().items() if re.search(r"^CHINA\b.*=", text, re.MULTILINE)] == ["libs/workdays/calendar.py"]


def test_the_words_stand_where_the_document_says() -> None:
    assert list(misplaced((ROOT / "docs" / "words.md").read_text(encoding="utf-8"), sources())) == []


def test_a_word_stands_in_one_row() -> None:
    named = list(words((ROOT / "docs" / "words.md").read_text(encoding="utf-8")))
    assert len(named) > 50
    assert len(set(named)) == len(named)


def test_every_row_of_a_page_has_as_many_cells_as_its_header() -> None:
    """A row broken in two by a merge hides a word and shows another's place."""
    for page in sorted((ROOT / "docs").glob("*.md")):
        assert list(broken_rows(page.read_text(encoding="utf-8"))) == [], page.name


# --- the checks bite ---------------------------------------------------------------------------------------------------------------------

SHOP = {"services/shop/events.py": "class Sold: ...", "services/shop/till.py": "class Till: ...\nclass State: ...\nclass _Row: ..."}
MAIL = {"services/mail/inbox.py": "class Sold: ...", "services/mail/stamps.py": "class State: ...\nclass _Row: ...\nBudget = int"}


def test_a_reader_is_named_like_the_fact_and_every_decider_has_a_state() -> None:
    assert twice({**SHOP, **MAIL}) == []


def test_two_meanings_are_found() -> None:
    assert twice({**SHOP, "services/mail/till.py": "class Till: ..."}) == ["Till: services/mail/till.py, services/shop/till.py"]
    assert twice({**SHOP, "libs/money.py": "class Till: ..."}) == ["Till: libs/money.py, services/shop/till.py"]
    assert twice({**SHOP, "services/mail/till.py": "Till = int | str"}) == ["Till: services/mail/till.py, services/shop/till.py"]
    assert twice({"libs/web/x.py": "Till = int", "libs/paper.py": "class Till: ..."}) == ["Till: libs/paper.py, libs/web/x.py"]
    assert twice({"libs/web/x.py": "TILL = 1\nT = TypeVar('T')", "libs/paper.py": "TILL = 2\nT = TypeVar('T')"}) == []
    assert twice({**SHOP, "services/mail/events/post.py": "class Sold: ..."}) == [
        "Sold: services/mail/events/post.py, services/shop/events.py"
    ]
    assert twice({**SHOP, "libs/bus/sales.py": "class Sold: ..."}) == ["Sold: libs/bus/sales.py, services/shop/events.py"]


def test_a_word_that_went_away_is_found() -> None:
    table = "| word | idea | where | not |\n|---|---|---|---|\n| `Till`, `Budget` | money | `libs/bus`, `libs/nowhere` | `Purse` |\n"
    assert list(misplaced(table, {"libs/bus/x.py": "class Till: ..."})) == [
        "`Till`, `Budget`: there is no libs/nowhere",
        "Budget does not stand below `libs/bus`, `libs/nowhere`",
        "Purse stands nowhere",
    ]


def test_a_row_that_was_broken_is_found() -> None:
    table = "| a | b |\n|---|---|\n| 1 | 2 |\n"
    assert list(broken_rows(table + "\n| a |\n|---|\n| 1 |\n")) == []
    assert list(broken_rows(table + "| 1 |\n| 1 | 2 | 3 |\n")) == ["| 1 |", "| 1 | 2 | 3 |"]
