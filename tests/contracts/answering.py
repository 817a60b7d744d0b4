"""What pages read of the services, kept as contracts: `contracts/http/<service>-<what>.json` holds a path and what its owner answered there.

A running owner's answer is held against the file by its shape, the names of its fields and the kinds of their values: numbers, moments and
hashes are of the day on which the file was written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from libs.contracts import FOLDER
from libs.testkit.contracts import kind

HTTP: Final = FOLDER / "http"
WRITES: Final = "LIANDONG_WRITE_ANSWERS"
"""Set, the tests write the files instead: `LIANDONG_WRITE_ANSWERS=1 .venv/bin/pytest tests/contracts/test_answers.py`."""


def shape_of(answer: object) -> Any:
    """The names of an answer's fields with the kinds of their values; of a list, the different shapes its items have."""
    if isinstance(answer, dict):
        return {name: shape_of(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return sorted({json.dumps(shape_of(item), sort_keys=True) for item in answer})
    return kind(answer)


def keep(name: str, path: str, answer: object, folder: Path = HTTP, environ: Mapping[str, str] = os.environ) -> None:
    """Holds an answer against its file, or writes that where it is told to. Raises `AssertionError` for another path or shape."""
    file = folder / f"{name}.json"
    if environ.get(WRITES):
        folder.mkdir(exist_ok=True)
        text = json.dumps({"path": path, "answer": answer}, ensure_ascii=False, indent=2)
        file.write_text(f"{text}\n", encoding="utf-8", newline="\n")
        return
    assert file.exists(), f"contracts/http/{file.name} is missing: write it with {WRITES}=1 and commit it"
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert (kept["path"], shape_of(kept["answer"])) == (path, shape_of(answer)), f"contracts/http/{file.name} is stale: see {WRITES}"
