"""What keeps a box from starting is said in one Chinese sentence with what to do and an exit code, and nothing is left running."""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from services.onebox import OneBox

pytestmark = pytest.mark.server
ROOT = Path(__file__).parents[2]
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2


def as_anybody() -> None:
    """Takes from root the right to enter what it may not by the mode bits; whoever is not root has not got it."""
    libc = ctypes.CDLL(None)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def up(folder: Path, *words: str, command: str = "up", prepare: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    """`liandong up` for the box in `folder`, speaking to us."""
    environment = {**os.environ, "LIANDONG_BOX": str(folder), "COLUMNS": "300"}
    words = words or (("--once", "--no-seed") if command == "up" else ())
    return subprocess.Popen(
        [sys.executable, "-m", "services.cli", command, *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=prepare,
    )


def one_sentence(process: subprocess.Popen[str], folder: Path) -> str:
    """What it ends with: one line on stderr, exit code 1, nothing left running."""
    _, said = process.communicate(timeout=180)
    assert process.returncode == 1, said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1, said
    assert running_in(folder) == []
    return said


def running_in(folder: Path) -> list[str]:
    """The living processes that work in the box or were told of it."""
    found = []
    for process in psutil.process_iter(["name"]):
        try:
            told = [*process.cmdline(), process.cwd(), process.environ().get("LIANDONG_ACCOUNTS", "")]
        except psutil.Error:
            continue
        if process.status() != psutil.STATUS_ZOMBIE and any(str(folder) in word for word in told):
            found.append(process.info["name"])
    return found


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A box that was made and started before."""
    folder = tmp_path / "box"
    process = up(folder)
    _, said = process.communicate(timeout=180)
    assert process.returncode == 0, said
    return folder


@contextmanager
def listening(port: int) -> Iterator[None]:
    """Another program has the port."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        yield


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Path]:
    """A box that runs, by `liandong up` of another terminal."""
    folder = tmp_path / "box"
    process = up(folder, "--no-seed")
    until = time.monotonic() + 180
    while not (folder / "box.json").exists() or said_by_status(folder) != "up":
        assert time.monotonic() < until
        assert process.poll() is None, process.communicate()
        time.sleep(0.5)
    yield folder
    process.terminate()
    _, said = process.communicate(timeout=180)
    assert process.returncode == 0, said


def said_by_status(folder: Path) -> str:
    """What `liandong status` says of the box."""
    out, err = up(folder, command="status").communicate(timeout=60)
    return "up" if "部署" in out else err


def test_a_ports_other_owner_is_told_whichever_port_it_is(made: Path) -> None:
    box = OneBox(made).read()
    ports = {
        "PostgreSQL": box.postgres.port,
        "Kafka": box.kafka.port,
        "Kafka 的端口": int((made / "kafka" / "controller-port").read_text()),
        "511500": box.sites[0].port,
        "511525": box.sites[1].port,
    }
    for word, port in ports.items():
        with listening(port):
            said = one_sentence(up(made), made)
        assert f"端口 {port}" in said
        assert word in said
        assert "占用" in said


def test_a_second_up_on_the_folder_is_told_who_runs_it_and_harms_nothing(running: Path) -> None:
    second = up(running)
    _, said = second.communicate(timeout=120)
    assert (second.returncode, len(said.strip().splitlines())) == (1, 1), said
    assert "正在运行" in said
    assert "liandong down" in said
    assert said_by_status(running) == "up"


@pytest.mark.parametrize("command", ["up", "status", "down", "migrate", "verify"])
def test_a_folder_that_may_not_be_entered_is_told(tmp_path: Path, command: str) -> None:
    folder = tmp_path / "box"
    folder.mkdir()
    (folder / "box.json").write_text(json.dumps({"format": 1, "sites": []}))
    folder.chmod(0)
    said = one_sentence(up(folder, command=command, prepare=as_anybody), folder)
    folder.chmod(0o700)
    assert str(folder) in said
    assert "没有权限" in said
