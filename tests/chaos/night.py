"""A bad night: processes killed and frozen in seeded order under callers who repeat what was not answered; the box alone puts things right."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import httpx2
import psutil

from libs.vault import made_up_person
from services.onebox import Door, OneBox, SiteOfBox, publish
from tests.chaos.invariants import Acknowledged

CALLERS: Final = 16
COUNTY: Final = "511525"
FILING: Final = {"item": "LD-511A-0001", "channel": "counter", "materials": []}
BACK_SECONDS: Final = 90.0
"""How long the box may take to be of use again. It takes ten; a slow machine is no failure."""
Victim = Literal["city", "county", "postgres", "kafka"]
VICTIMS: Final[Sequence[Victim]] = ("city", "county", "postgres", "kafka")


@dataclass(frozen=True, slots=True)
class Deed:
    """Something bad: `frozen` seconds of standing still, or 0 for `kill -9`; `after` seconds in which all goes well."""

    victim: Victim
    frozen: float
    after: float

    def __str__(self) -> str:
        return f"{'freeze' if self.frozen else 'kill -9'} {self.victim}"


def schedule(seed: int, frozen: float, times: int = 1) -> list[Deed]:
    """Every victim killed and frozen `times` times, in the order of the seed."""
    chance = random.Random(seed)
    deeds = [Deed(victim, seconds, chance.uniform(0.5, 2.0)) for victim in VICTIMS for seconds in (0.0, frozen) for _ in range(times)]
    chance.shuffle(deeds)
    return deeds


@dataclass(slots=True)
class Recovery:
    """Invariant 7: after a deed was over, seconds until a command begun since was answered and until the city showed it; and the longest
    time for which the city had shown nothing new."""

    deed: Deed
    answered: float = 0.0
    shown: float = 0.0
    age: float = 0.0

    def __str__(self) -> str:
        return f"{self.deed!s:18} answered after {self.answered:5.1f} s, shown after {self.shown:5.1f} s, age of data {self.age:5.1f} s"


class Callers:
    """Clerks who file and accept cases at the county's nodes and repeat every act under its key until it is answered."""

    def __init__(self, site: SiteOfBox, seed: int) -> None:
        self.site, self._mark = site, f"night-{seed}"
        self.acknowledged: list[Acknowledged] = []
        self.refused: list[str] = []
        self.began = 0.0
        """When the act that was answered last had been begun; the monotonic clock."""
        self._end, self._given_up = threading.Event(), threading.Event()

    def give_up(self) -> None:
        """Nobody repeats anything more: a night that failed has to end too."""
        self.end()
        self._given_up.set()

    def end(self) -> None:
        """Each finishes the case at hand."""
        self._end.set()

    def work(self, caller: int) -> None:
        """One clerk's night."""
        headers = {"Authorization": f"Bearer {self.site.tokens['clerk']}"}
        with httpx2.Client(base_url=self.site.address, headers=headers, timeout=5) as client:
            n = 0
            while not self._end.is_set():
                node = self.site.nodes[(caller + n) % len(self.site.nodes)]["code"]
                key = f"{self._mark}:{caller}:{n}"
                case = self._act(client, f"/intake/nodes/{node}/cases", f"{key}:file", "CaseFiled", self._filing(client, node, key))
                self._act(client, f"/intake/cases/{case}/acceptance", f"{key}:accept", "CaseAccepted", {}, case)
                n += 1

    def _filing(self, client: httpx2.Client, node: str, key: str) -> dict[str, Any]:
        kept, _ = self._answered(client, f"/vault/nodes/{node}/subjects", f"{key}:applicant", made_up_person(key))
        return {**FILING, "applicants": [{"subject": kept["subject"]}]}

    def _act(self, client: httpx2.Client, path: str, key: str, fact: str, body: dict[str, Any], case: str = "") -> str:
        answer, began = self._answered(client, path, key, body)
        return self._done(answer, key, fact, case, began)

    def _answered(self, client: httpx2.Client, path: str, key: str, body: dict[str, Any]) -> tuple[dict[str, Any], float]:
        """The answer, and when the request that was answered was sent."""
        while True:
            began = time.monotonic()
            with suppress(httpx2.TransportError):
                answer = client.post(path, json=body, headers={"Idempotency-Key": key})
                if answer.is_success:
                    return answer.json(), began
                if answer.status_code != 503:
                    self.refused.append(f"{key}: {answer.status_code} {answer.text[:300]}")
                    raise AssertionError(self.refused[-1])
            assert not self._given_up.wait(0.1), f"{key} was never answered"

    def _done(self, answer: dict[str, Any], key: str, fact: str, case: str, began: float) -> str:
        case, position = case or str(answer["case"]), answer["position"]
        self.acknowledged.append(Acknowledged(key, case, fact, position["source"], position["sequence"]))
        self.began = max(self.began, began)
        return case


@dataclass(slots=True)
class Watcher:
    """Looks at the city, as somebody with its page open: how much it has verified, and since when that is so."""

    city: SiteOfBox
    verified: dict[str, int] = field(default_factory=dict)
    moved: float = field(default_factory=time.monotonic)
    oldest: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until `ended`."""
        with self.city.client(timeout=2) as client:
            while not self.ended.wait(0.1):
                with suppress(httpx2.HTTPError, ValueError):
                    self._look({feed["source"]: feed["verified"] for feed in client.get("/hub/feeds").raise_for_status().json()})
                self.oldest = max(self.oldest, time.monotonic() - self.moved)

    def _look(self, verified: dict[str, int]) -> None:
        if verified != self.verified:
            self.verified, self.moved = verified, time.monotonic()

    def shows(self, done: Acknowledged) -> bool:
        """Whether the city has verified the command's feed so far."""
        return self.verified.get(done.source, 0) >= done.sequence


class Night:
    """The deeds, one after the other, from the main thread, which also is the one that runs the box: `box.watch()` and nothing else helps."""

    def __init__(self, box: OneBox, seed: int, deeds: Sequence[Deed]) -> None:
        self.box, self.deeds = box, deeds
        self.callers, self.watcher = Callers(box.site(COUNTY), seed), Watcher(box.city)
        self.recoveries: list[Recovery] = []

    def pass_over(self) -> None:
        """All of it. Raises `AssertionError` where the box does not come back by itself, or a caller is refused."""
        with Door(self.box.site(COUNTY), "night") as door:
            publish(door, COUNTY)
            door.file(COUNTY, "first", FILING)
        with ThreadPoolExecutor(CALLERS + 1) as pool:
            watching = pool.submit(self.watcher.run)
            working = [pool.submit(self.callers.work, caller) for caller in range(CALLERS)]
            try:
                for deed in self.deeds:
                    self._wait(lambda: False, deed.after)
                    self.recoveries.append(self._do(deed))
                    print(self.recoveries[-1], flush=True)
            finally:
                self.callers.end()
                try:
                    self._wait(lambda: all(work.done() for work in working), BACK_SECONDS)
                finally:
                    self.callers.give_up()
                    self.watcher.ended.set()
            for work in [*working, watching]:
                work.result()

    def _do(self, deed: Deed) -> Recovery:
        found, pids = Recovery(deed), self.pids(deed.victim)
        self.watcher.oldest = 0.0
        if deed.frozen:
            tell(pids, signal.SIGSTOP)
            self._wait(lambda: False, deed.frozen)
            tell(pids, signal.SIGCONT)
        else:
            tell(pids[:1], signal.SIGKILL)
        over = time.monotonic()
        self._until(lambda: self.callers.began > over, f"{deed}: nobody was answered")
        found.answered, newest = time.monotonic() - over, self.callers.acknowledged[-1]
        self._until(lambda: self.watcher.shows(newest), f"{deed}: the city did not show {newest}")
        found.shown, found.age = time.monotonic() - over, self.watcher.oldest
        return found

    def pids(self, victim: Victim) -> list[int]:
        """The processes of a victim, the first one first."""
        process = {"postgres": self.box.postgres.pid, "kafka": self.box.kafka.pid}.get(victim) or self._site(victim).pid
        return [process, *(child.pid for child in children(process))]

    def _site(self, victim: Victim) -> Any:
        site = self.box.city if victim == "city" else self.box.site(COUNTY)
        assert site.process is not None, f"{victim} does not run"
        return site.process

    def _until(self, reached: Callable[[], bool], otherwise: str) -> None:
        assert self._wait(reached, BACK_SECONDS), f"{otherwise} within {BACK_SECONDS:.0f} s"

    def _wait(self, reached: Callable[[], bool], seconds: float) -> bool:
        """Watches over the box, as `liandong up` does, until it is so or the time is over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if reached():
                return True
            assert not self.callers.refused, self.callers.refused[0]
            self.box.watch()
            time.sleep(0.1)
        return reached()


def children(pid: int) -> list[psutil.Process]:
    """The processes that a process has started, as they are now."""
    return psutil.Process(pid).children(recursive=True)


def tell(pids: Sequence[int], number: signal.Signals) -> None:
    """Sends a signal to processes; those that have ended meanwhile do not mind."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
