"""What the processes of a box use: CPU by kind of process, and memory that is theirs (PSS)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

import psutil

from tests.bench.figures import percent_of_a_core

SERVERS: Final[Mapping[str, str]] = {"postgres": "PostgreSQL", "java": "Kafka"}
CITY: Final = "511500"


def kind_of(process: psutil.Process) -> str:
    """PostgreSQL, Kafka, city, county; or itself: whoever runs them."""
    if (server := SERVERS.get(process.name())) is not None:
        return server
    site = process.environ().get("LIANDONG_SITE")
    return "itself" if site is None else "city" if site == CITY else "county"


class Usage:
    """The processes below one process, and itself."""

    def __init__(self, root: int) -> None:
        self._root = psutil.Process(root)
        self._kinds: dict[int, str] = {}
        self._before: dict[str, float] = {}
        self._began = 0.0

    def _living(self) -> list[tuple[str, psutil.Process]]:
        found = []
        for process in (self._root, *self._root.children(recursive=True)):
            try:
                found.append((self._kinds.setdefault(process.pid, kind_of(process)), process))
            except psutil.NoSuchProcess:
                continue  # a backend of PostgreSQL that has just ended
        return found

    def _seconds(self) -> dict[str, float]:
        """CPU seconds by kind, those of ended children with their parents."""
        found: dict[str, float] = {}
        for kind, process in self._living():
            try:
                found[kind] = found.get(kind, 0.0) + sum(process.cpu_times()[:4])
            except psutil.NoSuchProcess:
                continue
        return found

    def begin(self) -> None:
        """From now on."""
        self._before, self._began = self._seconds(), time.monotonic()

    def used(self) -> dict[str, float]:
        """Percent of one core, by kind, since `begin`."""
        return percent_of_a_core(self._before, self._seconds(), time.monotonic() - self._began)

    def memory(self) -> dict[str, float]:
        """MiB by kind: what is shared counts in shares."""
        found: dict[str, float] = {}
        for kind, process in self._living():
            found[kind] = found.get(kind, 0.0) + process.memory_full_info().pss / 2**20
        return found


def share(used: Mapping[str, float]) -> float:
    """Percent of the whole machine."""
    return sum(used.values()) / (psutil.cpu_count() or 1)
