"""The rules by which the parts of a box are kept alive, without a process: when they are started again, when ended, and what is told."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from libs.embedded import EmbeddedError
from services.onebox.watch import LONGEST_PAUSE, Patience, Watched

PATIENCE = Patience(every=3.0, answer=5.0, named=2, ended=4, start=60.0)


class AtOnce:
    """Asks in the caller's thread."""

    def submit(self, ask: Any) -> Future[bool]:
        done: Future[bool] = Future()
        done.set_result(ask())
        return done


class Scene:
    """A part whose process does as the test says, and a clock."""

    def __init__(self, *needs: Watched) -> None:
        self.now = 1000.0
        self.ended: int | None = None
        self.answers = True
        self.begun: list[float] = []
        self.killed = 0
        self.refuses: list[str] = []
        self.log: list[str] = []
        self.word = "Kafka"
        self.part = Watched(self, self.begin, PATIENCE, needs, lambda: self.now)

    def usable(self) -> bool:
        return self.answers

    def alive(self, _seconds: float) -> bool:
        return self.answers

    def cause(self) -> str | None:
        return self.log.pop(0) if self.log else None

    def kill(self) -> None:
        self.killed += 1
        self.ended = -9

    def begin(self) -> None:
        self.begun.append(self.now)
        if self.refuses:
            raise EmbeddedError(self.refuses.pop(0))
        self.ended = None

    def look(self, seconds: float = 1.0) -> list[str]:
        """One look after another for so long: what was told."""
        told: list[str] = []
        for _ in range(int(seconds)):
            self.now += 1.0
            told += self.part.look(AtOnce())  # type: ignore[arg-type]
        return told


def test_what_ended_is_started_at_once_and_told_when_it_begins_and_when_it_is_over() -> None:
    scene = Scene()
    assert scene.look(100) == []
    scene.ended = -9
    assert scene.look() == ["Kafka 意外结束（被信号 SIGKILL 结束），正在重新启动"]
    assert scene.begun == [scene.now]
    assert scene.part.stands.state == "starting"
    assert scene.look(10) == ["Kafka 已恢复，停了 2 秒"]
    assert (scene.part.stands.state, scene.part.stands.again, scene.part.stands.because) == ("up", 1, "")


def test_what_ends_again_and_again_is_started_after_growing_pauses_and_told_once() -> None:
    scene = Scene()
    scene.look(100)
    scene.answers = False
    told: list[str] = []
    for _ in range(1000):
        scene.ended = 1
        told += scene.look()
    assert told == ["Kafka 意外结束（退出码 1），正在重新启动"]
    pauses = [round(after - before) for before, after in zip(scene.begun, scene.begun[1:], strict=False)]
    assert pauses[:6] == [2, 3, 5, 9, 17, 33]
    assert set(pauses[6:]) == {int(LONGEST_PAUSE) + 1}


def test_why_it_cannot_be_started_is_told_once_for_each_reason() -> None:
    scene = Scene()
    scene.look(100)
    scene.ended, scene.refuses = 1, ["磁盘已满", "磁盘已满", "端口被占用"]
    told = scene.look(20)
    assert [sentence.partition("：")[2] for sentence in told] == ["", "磁盘已满", "端口被占用", ""]
    assert told[-1].startswith("Kafka 已恢复")
    assert scene.part.stands.again == 4


def test_the_cause_that_its_log_names_is_told_once() -> None:
    scene = Scene()
    scene.look(100)
    scene.answers, scene.log = False, ["磁盘已满"] * 3
    told: list[str] = []
    for _ in range(20):
        scene.ended = 1
        told += scene.look()
    assert [sentence.partition("：")[2] for sentence in told] == ["", "磁盘已满"]
    assert scene.part.stands.because == "意外结束（退出码 1）；磁盘已满"


def test_what_does_not_answer_is_named_then_ended_and_started_again() -> None:
    scene = Scene()
    scene.look(100)
    scene.answers = False
    told = scene.look(10)
    assert told == ["Kafka 没有应答；仍不应答就结束它，重新启动"]
    assert (scene.killed, scene.part.stands.state) == (0, "silent")
    assert scene.look(10) == []
    assert (scene.killed, scene.part.stands.state) == (1, "starting")
    scene.answers = True
    assert [sentence.split("，")[0] for sentence in scene.look(5)] == ["Kafka 已恢复"]


def test_what_answers_again_before_it_is_ended_is_left_alone() -> None:
    scene = Scene()
    scene.answers = False
    scene.look(8)
    scene.answers = True
    assert [sentence.split("，")[0] for sentence in scene.look(5)] == ["Kafka 已恢复"]
    assert (scene.killed, scene.begun) == (0, [])


def test_a_machine_that_slept_for_a_night_has_missed_one_question() -> None:
    scene = Scene()
    scene.look(100)
    scene.answers = False
    scene.look(3)
    scene.now += 8 * 3600
    scene.answers = True
    assert scene.look(5) == []
    assert scene.killed == 0


def test_a_start_that_takes_too_long_is_ended_and_made_anew() -> None:
    scene = Scene()
    scene.look(100)
    scene.ended, scene.answers = 1, False
    scene.look(70)
    assert scene.killed == 1
    assert len(scene.begun) == 2


@pytest.mark.parametrize("away", [True, False])
def test_a_part_waits_for_what_it_needs_and_is_excused_meanwhile(away: bool) -> None:
    server = Scene()
    site = Scene(server.part)
    server.look(100)
    if away:
        server.ended, server.refuses = 1, ["磁盘已满"] * 9
        server.look()
    site.answers = False
    site.look(30)
    assert (site.killed > 0) is not away
    site.ended = 1
    site.look(5)
    assert bool(site.begun) is not away
