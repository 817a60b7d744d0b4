"""A disk that is full, before a server starts and under it: said in one sentence, and over when there is room again."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from libs.embedded import EmbeddedError, Kafka, Postgres, Server
from services.onebox.watch import SERVERS, Watched
from tests.chaos.disks import disk, fill, needs_root, room

pytestmark = pytest.mark.server


@needs_root
@pytest.mark.parametrize(("kind", "kilobytes"), [(Postgres, 200), (Kafka, 8)])
def test_a_server_on_a_full_disk_says_so(kind: type[Server], kilobytes: int) -> None:
    with disk(200) as place:
        server = kind(place / "server")
        room(place, kilobytes)
        with pytest.raises(EmbeddedError) as no:
            server.start()
    assert "磁盘已满；请腾出空间" in str(no.value), no.value
    assert len(str(no.value).splitlines()) == 1
    assert server.pid is None


@needs_root
@pytest.mark.parametrize("kind", [Postgres, Kafka])
def test_a_disk_that_fills_up_under_a_server_is_told_and_the_server_is_back_when_there_is_room(kind: type[Server]) -> None:
    with disk(250) as place:
        server = kind(place / "server")
        server.start()
        watched = Watched(server, server.begin, SERVERS)
        with ThreadPoolExecutor(1) as aside:
            server.kill()
            file = fill(place)
            told = look(watched, aside, lambda: "磁盘已满" in watched.stands.because)
            file.unlink()
            told += look(watched, aside, lambda: watched.state == "up")
        server.stop()
    assert [sentence for sentence in told if "磁盘已满" in sentence] != [], told
    assert ("意外结束" in told[0], "已恢复" in told[-1]) == (True, True), told


def look(watched: Watched, aside: ThreadPoolExecutor, so: Callable[[], bool]) -> list[str]:
    """What is told until it is so."""
    told: list[str] = []
    until = time.monotonic() + 180
    while not (told and so()):
        assert time.monotonic() < until, (told, watched.stands)
        told += watched.look(aside)
        time.sleep(0.2)
    return told
