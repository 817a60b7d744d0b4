"""Small disks of one's own, to be filled to the last byte."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest


@contextmanager
def disk(megabytes: int) -> Iterator[Path]:
    """A disk of its own, so small, where everybody may enter: also the user under whom root runs PostgreSQL."""
    place = Path(tempfile.mkdtemp(prefix="liandong-disk-"))
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", place], check=True)
    place.chmod(0o755)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=True)
        place.rmdir()


def fill(place: Path) -> Path:
    """Takes all room that is left."""
    file = place / "full"
    with file.open("wb") as out, suppress(OSError):
        while True:
            os.write(out.fileno(), bytes(65536))
    return file


def room(place: Path, kilobytes: int) -> None:
    """Leaves this much room on a disk."""
    file = fill(place)
    os.truncate(file, max(file.stat().st_size - kilobytes * 1024, 0))


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a disk")
