"""Keeps the parts of a running box alive: what ended is started again on its own port and data, after growing pauses; what does not answer is ended.

Never blocks: whether a part answers is asked in threads. Silence is counted in questions, not in seconds, so that a machine that slept
has missed one question at most. Each trouble is told once when it begins and once when it is over.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, Protocol

from libs.embedded import EmbeddedError
from services.onebox.folder import BoxError
from services.onebox.held import PartStands
from services.onebox.sites import how

Stands = Literal["up", "starting", "down", "silent"]
LONGEST_PAUSE: Final = 60.0
STEADY_SECONDS: Final = 30.0
"""What ran so long counts as well: its next end is the first one again."""


@dataclass(frozen=True)
class Patience:
    """How often a part is asked, how long it has to answer, after how many questions without an answer it is named and ended, and how long a
    start may take.
    """

    every: float = 3.0
    answer: float = 5.0
    named: int = 2
    ended: int = 6
    start: float = 60.0


SERVERS: Final = Patience()
"""A frozen server is named after 10 s and ended after 30."""
SITES: Final = Patience(ended=30, start=180.0)
"""A site may be busy with itself for longer, and waits by itself for its servers."""


class Process(Protocol):
    """What is watched: a server, or the process of a site."""

    @property
    def word(self) -> str: ...
    @property
    def ended(self) -> int | None: ...
    def usable(self) -> bool: ...
    def alive(self, seconds: float) -> bool: ...
    def kill(self) -> None: ...
    def cause(self) -> str | None: ...


class Watched:
    """One process, what starts it, and the parts it cannot start without. `begin` is called by whoever calls `look`; `clock` only goes up."""

    def __init__(
        self,
        process: Process,
        begin: Callable[[], None],
        patience: Patience,
        needs: Sequence[Watched] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.process, self._begin, self._patience, self._needs, self._clock = process, begin, patience, needs, clock
        self.state: Stands = "up"
        self.since, self.because, self.again = datetime.now(UTC), "", 0
        self._pause, self._unanswered, self._refused = 0.0, 0, ""
        self._began = self._troubled = self._next_try = self._next_ask = clock()
        self._asked: Future[bool] | None = None

    @property
    def stands(self) -> PartStands:
        """How it stands, for whoever asks."""
        because = "；".join(filter(None, (self.because, self._refused)))
        return PartStands(part=self.process.word, state=self.state, since=self.since, because=because, again=self.again)

    def look(self, aside: ThreadPoolExecutor) -> list[str]:
        """Does what is to be done now: the sentences that are to be told."""
        ended = self.process.ended if self.state != "down" else None
        told = self._fell(ended) if ended is not None else []
        if self.state == "down":
            return told + self._try_again()
        answered = self._hear(aside)
        if self.state != "up" and answered:
            return self._over()
        if self._unanswered >= self._patience.ended or (self.state == "starting" and self._runs_for > self._patience.start):
            self.process.kill()
        elif self.state == "up" and self._unanswered >= self._patience.named:
            return self._trouble("silent", "没有应答", "；仍不应答就结束它，重新启动")
        return []

    @property
    def _runs_for(self) -> float:
        return self._clock() - self._began

    def _hear(self, aside: ThreadPoolExecutor) -> bool:
        """Whether it has answered since the last look; asks again when it is time to. Silence while a server it needs is away is not its own."""
        answered = False
        if self._asked is not None and self._asked.done():
            answered, self._asked = self._asked.result(), None
            excused = self.state == "starting" or any(need.state != "up" for need in self._needs)
            self._unanswered = 0 if answered or excused else self._unanswered + 1
        if self._asked is None and self._clock() >= self._next_ask:
            self._next_ask = self._clock() + (0 if self.state == "starting" else self._patience.every)
            self._asked = aside.submit(self._ask(self.state == "starting"))
        return answered

    def _ask(self, starting: bool) -> Callable[[], bool]:
        return self.process.usable if starting else lambda: self.process.alive(self._patience.answer)

    def _trouble(self, state: Stands, because: str, then: str) -> list[str]:
        told = self.state == "up"
        if told:
            self.since, self._troubled = datetime.now(UTC), self._clock()
        self.state, self.because = state, because
        return [f"{self.process.word} {because}{then}"] if told else []

    def _fell(self, code: int) -> list[str]:
        """It ended. The first end is followed by a start at once; each that comes soon after a start by a longer pause."""
        first = not self.again or self._runs_for > max(STEADY_SECONDS, self._pause)
        self._pause = 0.0 if first else min(max(self._pause * 2, 1.0), LONGEST_PAUSE)
        self._next_try, self._unanswered, self._asked = self._clock() + self._pause, 0, None
        told = self._trouble("down", f"意外结束（{how(code)}）", "，正在重新启动")
        return told + self._reason(self.process.cause() or "")

    def _try_again(self) -> list[str]:
        if self._clock() < self._next_try or any(need.state != "up" for need in self._needs):
            return []
        self._began, self._next_ask, self.again = self._clock(), self._clock(), self.again + 1
        try:
            self._begin()
        except (BoxError, EmbeddedError) as no:
            return self._not_yet(str(no))
        self.state = "starting"
        return []

    def _not_yet(self, refused: str) -> list[str]:
        """It cannot be started now."""
        self._pause = min(max(self._pause * 2, 1.0), LONGEST_PAUSE)
        self._next_try = self._clock() + self._pause
        return self._reason(refused)

    def _reason(self, why: str) -> list[str]:
        """Why it does not run is told once, and again only when it is another reason."""
        if not why or why == self._refused:
            return []
        self._refused = why
        return [f"{self.process.word} 还不能运行，会一再重试：{why}"]

    def _over(self) -> list[str]:
        took = self._clock() - self._troubled
        self.state, self.since, self.because, self._refused = "up", datetime.now(UTC), "", ""
        return [f"{self.process.word} 已恢复，停了 {took:.0f} 秒"]


class Watch:
    """All parts of a box, in the order in which they are started."""

    def __init__(self, parts: Sequence[Watched]) -> None:
        self.parts = tuple(parts)
        self._aside = ThreadPoolExecutor(len(self.parts), "watch")

    @property
    def stands(self) -> list[PartStands]:
        """How each part stands."""
        return [part.stands for part in self.parts]

    def look(self) -> list[str]:
        """Starts what has ended, ends what is stuck: the sentences that are to be told."""
        return [sentence for part in self.parts for sentence in part.look(self._aside)]

    def end_the_silent(self) -> None:
        """Ends by force what does not answer: it would not hear that it is to stop."""
        for part in self.parts:
            if part.state == "silent":
                part.process.kill()

    def close(self) -> None:
        """Asks no more."""
        self._aside.shutdown(wait=False, cancel_futures=True)
