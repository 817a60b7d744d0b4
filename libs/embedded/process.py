"""Processes of the embedded servers: they end with the process that started them, wait for no terminal, and listen on a port of ours.

Ctrl-C at the terminal does not reach them (a session of their own), `kill -9` of their parent does (PR_SET_PDEATHSIG, Linux). The kernel
ties that to the parent's *thread*: start servers from the main thread.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

import psutil

_PR_SET_PDEATHSIG: Final = 1
_LIBC: Final = ctypes.CDLL(None)
PORTS: Final = range(15_000, 30_000)
"""Below the ports that Linux gives to outgoing connections (32768 and up): a remembered port is not taken by a passing client."""
MANY: Final = 100
LOG_BYTES: Final = 10 * 1024 * 1024
"""A log is begun anew at the next start when it has grown beyond this."""


class EmbeddedError(Exception):
    """A server of one's own cannot run; the message says why and what to do next."""


class AlreadyRunning(EmbeddedError):
    """A living process already runs the server of this folder."""


class GivenUp(EmbeddedError):
    """A start was given up half way, as was asked."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Under whom a program runs."""

    uid: int
    gid: int


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on now. Raises `EmbeddedError` when none is found."""
    for _ in range(MANY):
        port = secrets.choice(PORTS)
        if is_free(port):
            return port
    raise EmbeddedError(f"127.0.0.1 上 {PORTS.start}–{PORTS.stop - 1} 试了 {MANY} 个端口都被占用；请结束不用的程序，或指定端口")


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def open_log(log: Path) -> IO[bytes]:
    """The log of a program that is to be started, to be added to; one that has grown beyond `LOG_BYTES` is put aside, in place of the last such."""
    if log.is_file() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.old"))
    return log.open("ab")


def spawn(
    command: Sequence[str | Path],
    *,
    folder: Path,
    log: IO[bytes],
    tie: signal.Signals,
    who: Identity | None = None,
    env: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Starts a server in `folder`, with `env` and else nothing of our environment; it gets `tie` when the calling thread ends."""
    return subprocess.Popen(
        [str(word) for word in command],
        cwd=folder,
        env=_environment() if env is None else env,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        preexec_fn=_tied(tie),
        user=who.uid if who else None,
        group=who.gid if who else None,
        extra_groups=[] if who else None,
    )


def run(command: Sequence[str | Path], *, folder: Path, log: IO[bytes], who: Identity | None = None, seconds: float = 120) -> int:
    """Runs a program to its end; its exit code. It does not outlive us either."""
    process = spawn(command, folder=folder, log=log, tie=signal.SIGKILL, who=who)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise EmbeddedError(f"{command[0]} 在 {seconds:.0f} 秒内没有完成；请查看 {log.name}") from None
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def working_in(folder: Path, *names: str) -> list[psutil.Process]:
    """The living programs called one of `names` that work in `folder`: a server left behind by a parent that was killed."""
    found = []
    for process in psutil.process_iter(["name", "status"]):
        if process.info["name"] not in names or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        try:
            if Path(process.cwd()) == folder:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "TZ": "UTC"}


def _tied(signum: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def tie() -> None:
        if sys.platform == "linux":
            _LIBC.prctl(_PR_SET_PDEATHSIG, int(signum))
            if os.getppid() != parent:  # it ended before the tie was made
                os._exit(1)

    return tie
