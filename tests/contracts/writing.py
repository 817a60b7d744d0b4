"""Writes `contracts/events/<service>/<Event>.v1.json` from the owners' records and samples; `--check` names the files that are not as they would be.

A service is found by its events, so a new one is written without being named here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final, get_args

from libs.eventlog import Codec
from libs.testkit.contracts import EVENTS, misfits, schema_of, shape

SERVICES: Final = Path(__file__).parents[2] / "services"


def services(room: str = "events") -> list[str]:
    """The services that have a room of this name, a file or a folder."""
    return sorted(
        {path.relative_to(SERVICES).parts[0] for path in (*SERVICES.glob(f"*/{room}.py"), *SERVICES.glob(f"*/{room}/__init__.py"))}
    )


def promised(service: str) -> tuple[type[Any], ...]:
    """The public events of a service."""
    events: tuple[type[Any], ...] = get_args(import_module(f"services.{service}.events").Event)
    return events


def samples(service: str) -> list[Any]:
    """The owner's samples."""
    found: list[Any] = import_module(f"services.{service}.tests.samples").samples()
    return found


def written(service: str, events: Sequence[type[Any]], told: Sequence[Any]) -> dict[str, str]:
    """The files of a service, by their paths below `contracts/events`. Raises `AssertionError` for an event without one fitting sample."""
    codec = Codec(service, events)
    kinds = [type(event) for event in told]
    for event in events:
        assert kinds.count(event) == 1, (
            f"{service}: {kinds.count(event)} samples of {event.__name__}; tests/samples.py gives one of every type"
        )
    return {_path(codec, type(event)): _text(codec, event) for event in told}


def wanted() -> dict[str, str]:
    """Every file, by its path below `contracts/events`."""
    return {path: text for service in services() for path, text in written(service, promised(service), samples(service)).items()}


def _path(codec: Codec, event: type[Any]) -> str:
    _, service, name, version = codec.name(event).split(".")
    return f"{service}/{name}.{version}.json"


def _text(codec: Codec, event: Any) -> str:
    schema, sample = schema_of(type(event)), json.loads(codec.encode(event))
    wrong = misfits(shape(schema), sample)
    assert not wrong, f"{codec.name(type(event))}: the sample does not fit the schema: {'; '.join(wrong)}"
    return json.dumps({"type": codec.name(type(event)), "schema": schema, "sample": sample}, ensure_ascii=False, indent=2) + "\n"


def differing(folder: Path, files: dict[str, str]) -> list[str]:
    """What is not as it would be written, and what to do; empty: all is."""
    there = {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.json"))}
    missing = [f"{path} is missing: run scripts/contracts and commit it" for path in files.keys() - there.keys()]
    left = [
        f"{path} is left over from an event that is gone: run scripts/contracts and commit that" for path in there.keys() - files.keys()
    ]
    stale = [
        f"{path} is stale: run scripts/contracts and read the difference" for path in files if there.get(path, files[path]) != files[path]
    ]
    return sorted([*missing, *left, *stale])


def write(folder: Path, files: dict[str, str]) -> None:
    """Makes the folder hold exactly these files."""
    for old in folder.rglob("*.json"):
        if str(old.relative_to(folder)) not in files:
            old.unlink()
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="\n")


def main() -> int:
    """The exit code."""
    files = wanted()
    if "--check" not in sys.argv[1:]:
        write(EVENTS, files)
        return 0
    found = differing(EVENTS, files)
    print("\n".join(f"contracts/events/{line}" for line in found), file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
