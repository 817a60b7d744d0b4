"""Subjects that this process kept a moment ago, so that a filing that follows asks nobody about them. Bounded in number and in time."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from libs.vault.subjects import KnownSubject

MOST: Final = 20_000
"""Subjects that are remembered; the oldest go first."""
SECONDS: Final = 120.0
"""For how long: what another process keeps or erases meanwhile is not seen in it."""


class Recent:
    """What is known of them, by their ids."""

    def __init__(self, now: Callable[[], float] = time.monotonic, most: int = MOST, seconds: float = SECONDS) -> None:
        self._now, self._most, self._seconds = now, most, seconds
        self._known: OrderedDict[str, tuple[float, KnownSubject]] = OrderedDict()

    def add(self, known: KnownSubject) -> None:
        """Remembers a subject."""
        self._known[known.subject] = self._now() + self._seconds, known
        while len(self._known) > self._most:
            self._known.popitem(last=False)

    def of(self, subjects: Sequence[str]) -> dict[str, KnownSubject]:
        """Those of the subjects that are remembered."""
        now = self._now()
        found = {subject: self._known[subject] for subject in subjects if subject in self._known}
        return {subject: known for subject, (until, known) in found.items() if now < until}

    def forget(self, subject: str) -> None:
        """It is being erased."""
        self._known.pop(subject, None)
