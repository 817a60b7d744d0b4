"""What the load and the poller say comes whole, or is missed loudly; a look that the city does not answer ends no run."""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress

import msgspec
import pytest

from tests.bench.aside import Unheard, heard
from tests.bench.commanded import HERE
from tests.bench.poller import Looked, Poller

MANY = 200_000
SAYS = f"""from tests.bench.aside import tell
from tests.bench.poller import Looked
tell(Looked([(float(n), {{'a': n}}) for n in range({MANY})], 1.0))"""


def waiting(pipe: int) -> int:
    """Bytes that nobody has read."""
    found: int = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]
    return found


def test_a_report_comes_whole_also_when_a_signal_meets_its_writing() -> None:
    env = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen([sys.executable, "-c", SAYS], cwd=HERE, env=env, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        until = time.monotonic() + 60
        while waiting(process.stdout.fileno()) < 4096:
            assert time.monotonic() < until
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGSTOP)
        os.kill(process.pid, signal.SIGCONT)
        said, _ = process.communicate()
    assert len(heard("poller", process.returncode, said, Looked).seen) == MANY


@pytest.mark.parametrize("cut", [0, 5, -1])
def test_a_report_that_was_cut_is_told_by_name_and_length(cut: int) -> None:
    said = msgspec.msgpack.encode(Looked([(1.0, {"a": 1})], 1.0))[:cut]
    with pytest.raises(Unheard, match=f"the load told {len(said)} bytes, which are not all"):
        heard("load", 0, said, Looked)


def test_a_process_that_failed_is_told_by_its_exit_code() -> None:
    with pytest.raises(Unheard, match="the poller ended with 1 after 0 bytes"):
        heard("poller", 1, b"", Looked)


def answer(status: bytes, body: bytes) -> bytes:
    return b"HTTP/1.1 %b\r\nContent-Length: %d\r\n\r\n%b" % (status, len(body), body)


ONE, TWO = (answer(b"200 OK", b'[{"source":"a","verified":%d}]' % n) for n in (1, 2))
AWAY = answer(b"503 Service Unavailable", b"{}")


async def looks(*answers: bytes) -> Looked:
    """What a poller sees of a city that answers so; an empty answer: it closes the line."""
    left = iter(answers)

    async def city(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n") and (said := next(left)):
                writer.write(said)
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(city, "127.0.0.1", 0) as server:
        poller, ended = Poller(server.sockets[0].getsockname()[1], "token"), asyncio.get_running_loop().create_future()
        ended.set_result(b"")
        try:
            for _ in answers:
                await poller.look()
            return await poller.run(ended)
        finally:
            poller.close()
            await asyncio.sleep(0.05)  # the other side closes too


async def test_a_look_that_was_not_answered_is_counted_and_made_up_for() -> None:
    found = await looks(ONE, AWAY, b"", ONE, TWO)
    assert [moved for _, moved in found.seen] == [{"a": 1}, {"a": 2}]
    assert sorted(found.missed.values()) == [1, 1]


async def test_a_city_that_does_not_answer_the_first_look_is_told() -> None:
    with pytest.raises(ConnectionError, match="503"):
        await looks(AWAY)
