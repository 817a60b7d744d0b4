"""What pages read of the services, kept as contracts: `contracts/http/<service>-<what>.json` holds a path and what its owner answered there.

A running owner's answer is held against the file by its shape, the names of its fields and the kinds of their values: numbers, moments and
hashes are of the day on which the file was written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from libs.contracts import FOLDER
from libs.testkit.contracts import kind

HTTP: Final = FOLDER / "http"
WRITES: Final = "LIANDONG_WRITE_ANSWERS"
"""Set, the tests write the files instead: `LIANDONG_WRITE_ANSWERS=1 .venv/bin/pytest tests/contracts/test_answers.py`."""


def leaves(answer: object, at: str = "answer") -> dict[str, str]:
    """The kinds of values that stand in an answer, by the names that lead there; the items of a list go by one name."""
    inner: Iterable[tuple[str, object]] = ()
    if isinstance(answer, dict):
        inner = ((f"{at}.{name}", value) for name, value in answer.items())
    elif isinstance(answer, list):
        inner = ((f"{at}[]", item) for item in answer)
    found: dict[str, set[str]] = {at: {kind(answer)}}
    for name, value in inner:
        for leaf, said in leaves(value, name).items():
            found.setdefault(leaf, set()).update(said.split(" or "))
    return {leaf: " or ".join(sorted(said)) for leaf, said in found.items()}


def stale(name: str, path: str, answer: object, folder: Path = HTTP, environ: Mapping[str, str] = os.environ) -> list[str]:
    """What the file of this name lacks to be the answer's; empty: nothing, or it was written just now, where `WRITES` is set."""
    file = folder / f"{name}.json"
    if environ.get(WRITES):
        folder.mkdir(exist_ok=True)
        text = json.dumps({"path": path, "answer": answer}, ensure_ascii=False, indent=2)
        file.write_text(f"{text}\n", encoding="utf-8", newline="\n")
        return []
    if not file.exists():
        return [f"contracts/http/{file.name} is missing: write it with {WRITES}=1 and commit it"]
    kept = json.loads(file.read_text(encoding="utf-8"))
    before, now = ({"path": one["path"], **leaves(one["answer"])} for one in (kept, {"path": path, "answer": answer}))
    return [
        f"contracts/http/{file.name}, {at}: {before.get(at)} → {now.get(at)}"
        for at in sorted(before | now)
        if before.get(at) != now.get(at)
    ]
