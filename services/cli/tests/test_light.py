"""What a command loads before it answers: those that need no running system load no framework, no database, no broker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

HEAVY = (
    "fastapi", "starlette", "asyncpg", "aiokafka", "faststream", "sqlalchemy", "alembic", "pydantic_settings", "uvicorn", "opentelemetry",
    "cryptography", "httpx2", "psutil", "hypothesis", "structlog", "msgspec", "stdnum", "ssl", "asyncio",
)  # fmt: skip
HELPS = (
    ("--help",),
    ("due", "--help"),
    ("status", "--help"),
    ("parked", "--help"),
    ("parked", "retry", "--help"),
    ("import", "items", "--help"),
    ("replay", "--help"),
    ("up", "--help"),
)
LOADED = """
import json, sys
sys.argv = ["liandong", *json.loads(sys.argv[1])]
from services.cli import app
try:
    app()
except SystemExit as end:
    code = end.code
files = [vars(module).get("__cached__") for module in list(sys.modules.values())]
print(json.dumps([code or 0, sorted({name.partition(".")[0] for name in sys.modules}), [file for file in files if file]]), file=sys.stderr)
"""


def answered(*arguments: str) -> tuple[set[str], list[str]]:
    """The packages that a process has loaded when it has answered a command, well; and where each module's bytecode would be, with none written."""
    lean = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", LOADED, json.dumps(arguments)], capture_output=True, text=True, check=True, env=lean)
    code, packages, files = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    assert done.stdout
    return set(packages), files


def loaded(*arguments: str) -> set[str]:
    return answered(*arguments)[0]


@pytest.mark.parametrize("arguments", [("due", "2007-09-10"), ("due", "2007-09-10", "--json"), *HELPS], ids=" ".join)
def test_help_and_due_load_no_framework_no_database_and_no_broker(arguments: tuple[str, ...]) -> None:
    assert not loaded(*arguments) & set(HEAVY)


@pytest.mark.parametrize("arguments", HELPS, ids=" ".join)
def test_help_reads_no_form(arguments: tuple[str, ...]) -> None:
    assert "pydantic" not in loaded(*arguments)


@pytest.mark.parametrize("arguments", [("due", "2007-09-10"), ("status", "--help")], ids=" ".join)
def test_nothing_that_was_installed_is_compiled_at_every_start(arguments: tuple[str, ...]) -> None:
    """Where bytecode is not written at the first start, as in most containers, it has been written by `scripts/setup`."""
    installed = [file for file in answered(*arguments)[1] if file.startswith(sysconfig.get_path("purelib"))]
    assert len(installed) > 20
    assert [file for file in installed if not os.path.exists(file)] == []


def test_a_checkout_whose_bytecode_cannot_be_written_is_set_up_all_the_same(tmp_path: Path) -> None:
    nowhere = tmp_path / "a file"
    nowhere.touch()
    done = subprocess.run(
        ["scripts/setup"], cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PYTHONPYCACHEPREFIX": str(nowhere)}
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
