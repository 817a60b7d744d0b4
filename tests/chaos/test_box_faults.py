"""What keeps a box from starting is said in one Chinese sentence with what to do and an exit code, and nothing is left running."""

from __future__ import annotations

import ctypes
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGKILL
from typing import Any

import psutil
import pytest

from libs.embedded import EmbeddedError, Kafka, kafka, spawn
from services.onebox import BoxError, OneBox
from services.onebox.machine import check_machine
from tests.chaos.disks import disk, fill, needs_root

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


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A box that was made and started before; what its users ask of it does not start."""
    folder = tmp_path_factory.mktemp("made") / "box"
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


@needs_root
def test_a_disk_that_is_nearly_full_is_told_before_anything_starts() -> None:
    with disk(20) as place:
        said = one_sentence(up(place / "box"), place)
    assert "磁盘只剩" in said
    assert "请腾出空间" in said


@needs_root
def test_a_disk_without_any_room_is_told() -> None:
    with disk(1) as place:
        fill(place)
        said = one_sentence(up(place / "box"), place)
    assert "磁盘已满" in said


@needs_root
def test_a_disk_that_can_only_be_read_is_told(made: Path, tmp_path: Path) -> None:
    (place := tmp_path / "seen").mkdir()
    subprocess.run(["mount", "--bind", made, place], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", place], check=True)
    try:
        assert "磁盘只能读" in one_sentence(up(place), place)
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def test_java_that_cannot_get_its_heap_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka, "JVM", ("-Xmx384m", "-Xms384m", "-XX:MaxRAM=64m", "-Xss1g", *kafka.JVM[1:]))
    monkeypatch.setattr(kafka, "spawn", limited)
    monkeypatch.setattr(kafka, "run", lambda command, **how: limited(command, **how).wait())
    with pytest.raises(EmbeddedError) as no:
        Kafka(tmp_path / "kafka").start()
    assert "内存不足" in str(no.value)
    assert len(str(no.value).splitlines()) == 1


def limited(command: Sequence[str | Path], **how: Any) -> subprocess.Popen[bytes]:
    """As `spawn`, with 300 MB of addresses."""
    return spawn(["prlimit", f"--as={300 * 1024 * 1024}", *command], **{name: how[name] for name in ("folder", "log")}, tie=SIGKILL)


@pytest.mark.parametrize("limit", ["max", str(100 * 1024 * 1024)])
def test_a_group_with_too_little_memory_is_told_before_anything_starts(tmp_path: Path, limit: str) -> None:
    for name, text in {"memory.max": limit, "memory.current": "1048576", "memory.stat": "inactive_file 0\n"}.items():
        (tmp_path / name).write_text(text)
    if limit == "max":
        check_machine_but_for_disk(tmp_path)
        return
    with pytest.raises(BoxError, match=r"内存只剩 99 MB，启动至少要 800 MB"):
        check_machine_but_for_disk(tmp_path)


def check_machine_but_for_disk(cgroups: Path) -> None:
    """The folder of the test is on a disk with room."""
    check_machine(cgroups, datetime(2026, 11, 28, tzinfo=UTC), cgroups)


@pytest.mark.parametrize("year", [1970, 2020, 2099])
def test_a_clock_that_was_never_set_is_told(tmp_path: Path, year: int) -> None:
    with pytest.raises(BoxError, match=f"机器时间是 {year}-.*请先校准时间"):
        check_machine(tmp_path, datetime(year, 6, 1, tzinfo=UTC), tmp_path)


def test_a_killed_up_leaves_no_lock(tmp_path: Path) -> None:
    folder = tmp_path / "box"
    process = up(folder, "--no-seed")
    until = time.monotonic() + 180
    while not (folder / "box.json").exists():
        assert time.monotonic() < until
        time.sleep(0.2)
    process.kill()
    process.communicate()
    again = up(folder)
    _, said = again.communicate(timeout=240)
    assert again.returncode == 0, said
    assert running_in(folder) == []
