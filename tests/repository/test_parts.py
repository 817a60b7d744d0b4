"""`scripts/test` runs two parts and ends by both: a part without tests is no failure, two of them are; every argument goes to both."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.repository.syntax import ROOT

PYTEST = """#!/usr/bin/env bash
printf '%s|' "$@" >> asked
echo >> asked
exit "$(sed -n "$(wc -l < asked)p" codes)"
"""
"""Ends with the codes that stand in a file, one run after the other, and notes what it was asked."""


def ran(folder: Path, codes: tuple[int, int], *words: str) -> tuple[int, list[str], list[str]]:
    """Its exit code, what it says at its end of both parts, and what pytest was asked in each."""
    for name, text in {"scripts/lint": "#!/bin/sh\n", ".venv/bin/pytest": PYTEST}.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    (folder / "codes").write_text("".join(f"{code}\n" for code in codes))
    shutil.copy(ROOT / "scripts" / "test", folder / "scripts")
    done = subprocess.run([folder / "scripts" / "test", *words], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()[-2:], (folder / "asked").read_text().splitlines()


@pytest.mark.parametrize(
    ("codes", "code", "how"),
    [
        ((0, 0), 0, ("passed", "passed")),
        ((5, 0), 0, ("none chosen", "passed")),
        ((0, 5), 0, ("passed", "none chosen")),
        ((5, 5), 5, ("none chosen", "none chosen")),
        ((1, 0), 1, ("FAILED, see above", "passed")),
        ((0, 1), 1, ("passed", "FAILED, see above")),
        ((1, 5), 1, ("FAILED, see above", "none chosen")),
        ((5, 3), 3, ("none chosen", "FAILED, see above")),
    ],
)
def test_the_end_is_that_of_both_parts(tmp_path: Path, codes: tuple[int, int], code: int, how: Sequence[str]) -> None:
    assert ran(tmp_path, codes)[:2] == (code, [f"== Tests without servers: {how[0]}", f"== Tests with servers: {how[1]}"])


def test_arguments_go_to_both_parts_and_only_all_brings_the_nights(tmp_path: Path) -> None:
    for words, slow in (((), " and not slow"), (("--all",), "")):
        without, served = ran(tmp_path / (slow or "all"), (0, 0), *words, "-k", "a or b", "tests/x.py")[2]
        assert f"|-m|not server{slow}|-k|a or b|tests/x.py|" in without
        assert f"|-m|server{slow}|-k|a or b|tests/x.py|" in served
