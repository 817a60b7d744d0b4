"""What both servers share: one owner at a time (a lock the kernel frees), a remembered port, a log that is quoted, an orderly end.

A folder belongs to the process that started its server. A second start is refused (`AlreadyRunning`), never attached: the one who
attaches would lose the server when the other stops. What a killed owner left behind is waited for and then ended.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, ClassVar, Final, NoReturn, Self

import psutil

from libs.embedded.causes import cause_in, end_of
from libs.embedded.process import AlreadyRunning, EmbeddedError, GivenUp, free_port, is_free, open_log, working_in
from libs.forms import why_not

QUOTED_LINES: Final = 12
SEARCHED_LINES: Final = 200
LEFT_BEHIND_SECONDS: Final = 15.0
OWN_SECONDS: Final = 5.0
"""How long each kind of end may take of what is left of a server that died under us."""


class Server(ABC):
    """A server in a folder. `start` from the main thread; `stop` may be called twice."""

    word: ClassVar[str]
    program: ClassVar[str]
    """The name under which the system lists it."""
    log_name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]
    greeting: ClassVar[bytes]
    """What a client says first; a server that lives answers it with a byte at least."""
    start_seconds: ClassVar[float] = 60.0
    stop_seconds: ClassVar[float] = 40.0

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder.resolve()
        self._wanted = port
        self._lock: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._quote_from = 0

    @abstractmethod
    def _prepare(self) -> None:
        """What the first start makes, and what every start checks."""

    @abstractmethod
    def _launch(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Starts the program."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether it can be used now."""

    @abstractmethod
    def _place(self) -> Path:
        """The folder in which the program works."""

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1, known since the first start. Raises `EmbeddedError` before."""
        if (port := self._remembered("port")) is None:
            self._never_started()
        return port

    @property
    def pid(self) -> int | None:
        """The running server's process, None when it does not run for us."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def log(self) -> Path:
        """The file into which the server writes its log."""
        return self.folder / self.log_name

    @property
    def ended(self) -> int | None:
        """The exit code of a server that ended by itself; None while it runs, or where it was not started."""
        return None if self._process is None else self._process.poll()

    def start(self) -> None:
        """Blocks until it answers. Raises `AlreadyRunning`, or `EmbeddedError` with what to do next."""
        self.begin()
        self.wait()

    def begin(self) -> None:
        """Starts the program and returns; `wait` until it can be used. Raises as `start`; then nothing runs."""
        if threading.current_thread() is not threading.main_thread():
            raise EmbeddedError(f"{self.word} 须由主线程启动：启动它的线程一结束，系统就会结束它")
        patience = LEFT_BEHIND_SECONDS if self._process is None else OWN_SECONDS
        if self.ended is not None:
            self.stop()
        self._own()
        try:
            self._end_what_was_left(patience, OWN_SECONDS if patience == OWN_SECONDS else None)
            self._choose_port("port", self._wanted)
            self._prepare()
            with self._open_log() as log:
                self._process = self._launch(log)
        except OSError as error:
            self.stop()
            cause = cause_in([str(error)], self.folder) or f"{why_not(error)}；请按 requirements.lock 重新安装依赖（scripts/setup）"
            raise EmbeddedError(f"{self.word} 不能启动：{cause}") from error
        except BaseException:
            self.stop()
            raise

    def wait(self, given_up: Callable[[], bool] = lambda: False) -> None:
        """Blocks until it can be used. Raises `EmbeddedError` where it does not start, `GivenUp` when `given_up` says so; then nothing runs."""
        try:
            self._wait(given_up)
        except BaseException:
            self.stop()
            raise

    def usable(self) -> bool:
        """Whether it can be used now. May be asked from any thread."""
        return self._answers()

    def alive(self, seconds: float) -> bool:
        """Whether it answers within so many seconds. A frozen server's port takes connections, but nobody speaks. From any thread."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), seconds) as line:
                line.sendall(self.greeting)
                return bool(line.recv(1))
        except OSError:
            return False

    def kill(self) -> None:
        """Ends it by force, at once; what was acknowledged is kept."""
        if self._process is not None:
            self._process.kill()

    def stop(self) -> None:
        """Ends it in order, by force after a while; what was acknowledged is kept either way. Nothing happens when it does not run."""
        if (process := self._process) is not None:
            process.send_signal(self.stop_signal)
            try:
                process.wait(self.stop_seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                self._end_what_was_left(0, OWN_SECONDS)  # its children may be as stuck as it was
            self._process = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def erase(self) -> None:
        """Stops it and removes all of it, what lies outside the folder too. Raises `AlreadyRunning` when another process runs it."""
        self.stop()
        if not self.folder.exists():
            return
        self._own()
        try:
            self._end_what_was_left(0)
            self._remove()
        except OSError as error:
            raise EmbeddedError(f"{self.folder} 不能全部删除（{why_not(error)}）；请以启动它的用户再试") from error
        finally:
            self.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def _remove(self) -> None:
        shutil.rmtree(self.folder)

    def _own(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise EmbeddedError(f"{self.word} 的目录 {self.folder} 不能写（{why_not(error)}）；请换一个目录或更正权限") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise AlreadyRunning(f"{self.folder} 的 {self.word} 已由另一个进程运行；请先停止它，或换一个目录") from None
        self._lock = lock

    def _end_what_was_left(self, patience: float, orderly: float | None = None) -> None:
        """The kernel already told it to end; it gets the time to, then a signal, then force."""
        orderly = self.stop_seconds if orderly is None else orderly
        for signum, seconds in ((None, patience), (self.stop_signal, orderly), (signal.SIGKILL, 5.0)):
            left = working_in(self._place(), self.program)
            for process in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(signum or 0)
            if not psutil.wait_procs(left, timeout=seconds)[1]:
                return
        raise EmbeddedError(f"{self.folder} 里还有旧的 {self.word} 进程不能结束；请查看进程表")

    def _choose_port(self, name: str, wanted: int | None = None) -> int:
        chosen = wanted or self._remembered(name) or free_port()
        if not is_free(chosen):
            raise EmbeddedError(
                f"{self.word} 的端口 {chosen} 正被别的程序占用；请结束那个程序，或删除 {self.folder / name} 后再启动（换一个端口）"
            )
        (self.folder / name).write_text(f"{chosen}\n")
        return chosen

    def _remembered(self, name: str) -> int | None:
        file = self.folder / name
        written = file.read_text().strip() if file.exists() else ""
        return int(written) if written.isdecimal() else None

    def _never_started(self) -> NoReturn:
        raise EmbeddedError(f"{self.folder} 的 {self.word} 还没有启动过；请先 start()")

    def _open_log(self) -> IO[bytes]:
        log = open_log(self.log)
        self._quote_from = log.tell()
        return log

    def _wait(self, given_up: Callable[[], bool]) -> None:
        assert self._process is not None
        end = time.monotonic() + self.start_seconds
        while time.monotonic() < end:
            if given_up():
                raise GivenUp(f"{self.word} 的启动已放弃")
            if (code := self._process.poll()) is not None:
                raise self._failed(f"没有启动成功（退出码 {code}）")
            if self._answers():
                return
            time.sleep(0.02)
        raise self._failed(f"{self.start_seconds:.0f} 秒内没有应答")

    def cause(self) -> str | None:
        """Why it ended or does not start, in a sentence with what to do; None where the log of this start names nothing that is known."""
        return cause_in(self._lines(), self._place() if self._place().exists() else self.folder)

    def _lines(self) -> list[str]:
        return end_of(self.log, self._quote_from)[-SEARCHED_LINES:]

    def _failed(self, what: str) -> EmbeddedError:
        """With the cause where it is a known one, else with the end of what this start wrote to the log."""
        if cause := self.cause():
            return EmbeddedError(f"{self.word} {what}：{cause}（目录 {self.folder}）")
        quoted = "\n".join(self._lines()[-QUOTED_LINES:])
        return EmbeddedError(f"{self.word} {what}。请按日志 {self.log} 的末尾处理后再启动：\n{quoted}")
