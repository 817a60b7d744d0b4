"""What a command loads before it answers: those that need no running system load no framework, no database, no broker."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    "fastapi", "starlette", "asyncpg", "aiokafka", "faststream", "sqlalchemy", "alembic", "pydantic_settings", "uvicorn", "opentelemetry",
    "cryptography", "httpx2", "psutil", "hypothesis", "structlog",
)  # fmt: skip
LOADED = """
import json, sys
sys.argv = ["liandong", *json.loads(sys.argv[1])]
from services.cli import app
try:
    app()
except SystemExit as end:
    code = end.code
print(json.dumps([code or 0, sorted({name.partition(".")[0] for name in sys.modules})]), file=sys.stderr)
"""


def loaded(*arguments: str) -> set[str]:
    """The packages that a process has loaded when it has answered a command, well."""
    done = subprocess.run([sys.executable, "-c", LOADED, json.dumps(arguments)], capture_output=True, text=True, check=True)
    code, packages = json.loads(done.stderr.splitlines()[-1])
    assert code == 0
    assert done.stdout
    return set(packages)


@pytest.mark.parametrize(
    "arguments",
    [
        ("due", "2007-09-10"),
        ("due", "2007-09-10", "--json"),
        ("--help",),
        ("due", "--help"),
        ("status", "--help"),
        ("parked", "--help"),
        ("parked", "retry", "--help"),
        ("import", "items", "--help"),
        ("replay", "--help"),
        ("up", "--help"),
    ],
    ids=" ".join,
)
def test_help_and_due_load_no_framework_no_database_and_no_broker(arguments: tuple[str, ...]) -> None:
    assert not loaded(*arguments) & set(HEAVY)


def test_the_list_of_commands_reads_no_form() -> None:
    assert "pydantic" not in loaded("--help")
