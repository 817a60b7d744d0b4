"""Inside a service, by pattern and not by roll-call: fixed rooms, and subjects whose rules are pure. A new topic or service adds no line here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.repository.syntax import PYTHON, ROOT, imports, name, nodes, services, tree

ROOMS: Final = frozenset({"events", "law", "inbox", "http", "views", "app", "settings", "story", "ticker"})
BESIDE: Final = frozenset({"tests", "migrations", "templates", "static", "__pycache__"})
PURE: Final = ("libs.decider", "libs.workdays", "libs.codes", "libs.authority")
THINKING: Final = frozenset(
    {"__future__", "abc", "collections", "dataclasses", "datetime", "decimal", "enum", "functools", "itertools", "math", "operator", "re"}
    | {"typing", "unicodedata"}
)
"""Of the standard library, what neither reads a clock nor draws randomness nor touches the machine; rules import no other of it."""
BESIDE_SERVICES: Final = frozenset({"box.py", "cli", "onebox", "__init__.py", "__pycache__"})
"""What stands in `services/` and is no service: it runs them."""
ALL: Final = ("libs",)
LIBRARIES: Final = {"events": ("libs.decider",), "law": ("libs.decider",), **dict.fromkeys(ROOMS - {"events", "law"}, ALL)}
"""What of the libraries a room may import; a subject only what is pure."""


def modules(service: Path) -> Iterator[tuple[str, Path]]:
    """Every module of a service with the room or subject it belongs to; tests and migrations apart."""
    for path in sorted(service.rglob("*.py")):
        first = path.relative_to(service).parts[0]
        if first not in BESIDE and first != "__init__.py":
            yield first.removesuffix(".py"), path


def faults(service: Path) -> Iterator[str]:
    """What is wrong with a service's rooms and subjects."""
    own = f"services.{service.name}"
    subjects: dict[str, bool] = {}
    for place, path in modules(service):
        if place not in ROOMS:
            subjects[place] = subjects.get(place, False) or decides(tree(path))
        for target in imports(tree(path)):
            if not allowed(own, place, target):
                yield f"{path.relative_to(service)} imports {target}"
    yield from (f"{subject} is no room and has no decider" for subject, has in subjects.items() if not has)


def decides(module: ast.Module) -> bool:
    """Whether a `Decider` is made here."""
    return any(isinstance(node, ast.Call) and ast.unparse(node.func).split("[")[0] == "Decider" for node in nodes(module))


def allowed(own: str, place: str, target: str) -> bool:
    """Whether a module of a room or subject may import this."""
    first = target.split(".")[0]
    if first == "services":
        here = target.removeprefix(f"{own}.").split(".")[0]
        return target.startswith(f"{own}.") and (here == place or may_see(place, here))
    if first == "libs":
        return any(target == library or target.startswith(f"{library}.") for library in LIBRARIES.get(place, PURE))
    return (place in ROOMS and place not in ("events", "law")) or first in THINKING


def may_see(place: str, other: str) -> bool:
    """Whether a room or subject may see another one of its service."""
    if place not in ROOMS:
        return other in ("events", "law")
    return other == "events" if place == "views" else place not in ("events", "law") and (other != "app" or place == "app")


def strays(root: Path) -> list[str]:
    """Python files below `services/` that belong to no service, and packages that do more than say what they are."""
    known = {service.name for service in services(root)} | BESIDE_SERVICES
    files = [path.relative_to(root / "services") for path in sorted((root / "services").rglob("*.py"))]
    fronts = [path for path in files if len(path.parts) == 2 and path.name == "__init__.py" and path.parts[0] not in BESIDE_SERVICES]
    return [
        *(f"{path} belongs to no service" for path in files if path.parts[0] not in known),
        *(f"{path} does more than say what it is" for path in fronts if len(tree(root / "services" / path).body) > 1),
    ]


@pytest.mark.parametrize("service", services(), ids=lambda path: path.name)
def test_a_service_is_rooms_and_pure_subjects(service: Path) -> None:
    assert list(faults(service)) == []


def test_what_rules_may_import_is_pure_itself() -> None:
    allowed_here = (
        *THINKING,
        *PURE,
        "stdnum",
        *("csv", "hashlib", "pathlib", "tomllib"),
    )  # check digits; and calendar and acts are read from their files
    impure = [
        f"{name(path)} imports {target}"
        for path in PYTHON
        if name(path).removesuffix(".py").replace("/", ".").startswith(PURE) and "tests" not in path.parts
        for target in imports(tree(path))
        if not any(target == known or target.startswith(f"{known}.") for known in allowed_here)
    ]
    assert impure == []


GOOD: Final = {
    "app.py": "from libs.host import Context\nfrom services.door.http import router\n",
    "events.py": "from libs.decider import record\n",
    "law.py": "from libs.decider import Law\n",
    "views.py": "import msgspec\nfrom libs.views import Table\nfrom services.door import events\n",
    "http/__init__.py": "from services.door.lock import LOCK\nfrom services.door.views import rows\nfrom fastapi import APIRouter\n",
    "lock/__init__.py": "from libs.decider import Decider\nfrom services.door.lock.key import turn\nLOCK = Decider(None, turn, turn)\n",
    "lock/key.py": "from datetime import date\nfrom services.door import law\nif TYPE_CHECKING:\n    from services.door.http import X\n",
}


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("helpers.py", "def f(): ...\n", "helpers is no room and has no decider"),
        ("helpers.py", "import msgspec\n", "helpers.py imports msgspec"),
        ("lock/net.py", "import asyncio\n", "lock/net.py imports asyncio"),
        ("lock/time.py", "from time import time\n", "lock/time.py imports time.time"),
        ("lock/file.py", "from pathlib import Path\n", "lock/file.py imports pathlib.Path"),
        ("lock/rows.py", "import sqlite3\n", "lock/rows.py imports sqlite3"),
        ("lock/http.py", "from services.door.http import X\n", "lock/http.py imports services.door.http.X"),
        ("lock/log.py", "from libs.eventlog import Codec\n", "lock/log.py imports libs.eventlog.Codec"),
        ("lock/other.py", "from services.window.events import X\n", "lock/other.py imports services.window.events.X"),
        ("events.py", "from libs.wire import Recorded\n", "events.py imports libs.wire.Recorded"),
        ("events.py", "import msgspec\n", "events.py imports msgspec"),
        ("law.py", "from services.door.events import X\n", "law.py imports services.door.events.X"),
        ("views.py", "from services.door.lock import LOCK\n", "views.py imports services.door.lock.LOCK"),
        ("views.py", "from services.door.http import X\n", "views.py imports services.door.http.X"),
        ("http/__init__.py", "from services.door.app import build\n", "http/__init__.py imports services.door.app.build"),
        ("inbox.py", "from services.window.events import X\n", "inbox.py imports services.window.events.X"),
    ],
)
def test_what_does_not_belong_is_named(tmp_path: Path, file: str, text: str, fault: str) -> None:
    service = tmp_path / "services" / "door"
    for where, good in {**GOOD, file: text}.items():
        (service / where).parent.mkdir(parents=True, exist_ok=True)
        (service / where).write_text(good)
    assert fault in list(faults(service))


def test_nothing_stands_beside_the_services() -> None:
    assert strays(ROOT) == []


def test_a_stray_is_found(tmp_path: Path) -> None:
    for where, text in {"door/app.py": "", "door/__init__.py": "import os\n", "stray/helpers.py": "", "util.py": "", "box.py": ""}.items():
        (tmp_path / "services" / where).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "services" / where).write_text(f'"""Says what it is."""\n{text}')
    assert strays(tmp_path) == [
        "stray/helpers.py belongs to no service",
        "util.py belongs to no service",
        "door/__init__.py does more than say what it is",
    ]


def test_what_belongs_is_not(tmp_path: Path) -> None:
    service = tmp_path / "services" / "door"
    for where, good in GOOD.items():
        (service / where).parent.mkdir(parents=True, exist_ok=True)
        (service / where).write_text(good)
    assert list(faults(service)) == []


def test_only_the_command_line_imports_the_command_line() -> None:
    users = [
        f"{name(path)} imports {target}"
        for path in PYTHON
        if not path.is_relative_to(ROOT / "services" / "cli")
        for target in imports(tree(path))
        if target.startswith("services.cli")
    ]
    assert users == []


def test_services_use_the_faces_of_the_libraries() -> None:
    deep = [
        f"{name(path)} imports {target}"
        for path in sorted((ROOT / "services").rglob("*.py"))
        for target in imports(tree(path))
        if target.startswith("libs.") and not target.startswith("libs.testkit.") and below_a_face(target)
    ]
    assert deep == []


def below_a_face(target: str) -> bool:
    """Whether what is imported lies below the face of a library: `libs.bus.inbox.cursors` does, `libs.bus.parking`, which the face has, does not."""
    parts = target.split(".")
    folder = ROOT / "libs" / parts[1]
    if len(parts) < 3 or not folder.is_dir():
        return False
    exported = {found.split(".")[-1] for found in imports(tree(folder / "__init__.py"))}
    return len(parts) > 3 or (parts[2] not in exported and (folder / f"{parts[2]}.py").exists())


def test_what_lies_below_a_face() -> None:
    assert below_a_face("libs.bus.inbox.cursors")
    assert below_a_face("libs.eventlog.postgres")
    assert not below_a_face("libs.bus.parking")
    assert not below_a_face("libs.eventlog.Subject")
    assert not below_a_face("libs.decider.record")
