"""One site of the box: where it listens, who works there, and its process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final

import httpx2
import psutil

from libs.embedded import GivenUp, cause_in, end_of, free_port, is_free, open_log, spawn
from libs.forms import why_not
from libs.host import SITE_STOP_SECONDS, NeedsTheOperator
from libs.vault import create_keys
from libs.web import Accounts
from libs.wire import create_key, public_key
from services.onebox.folder import BoxError
from services.onebox.staff import STAFF, hired

ROOT: Final = Path(__file__).parents[2]
CITY: Final = "511500"
START_SECONDS: Final = 60.0
STOP_SECONDS: Final = SITE_STOP_SECONDS + 5.0
"""How long a site's process has to end: longer than the site itself may take."""

KILLED_SECONDS: Final = 5.0
"""How long the system may take to end a process that was killed."""
QUOTED_LINES: Final = 8
VAULT_KEYS: Final = "vault.keys"
UNSAID: Final = "最后的检查点可能没有发出，下次启动时补发"
GivesUp = Callable[[], bool]
"""Whether a start is to be given up half way."""


def never() -> bool:
    """Nobody gives up."""
    return False


@dataclass(slots=True)
class SiteOfBox:
    """One site. `tokens` of programs and `passwords` of people by the words of `staff.STAFF`; `process` while it runs."""

    code: str
    nodes: list[dict[str, str]]
    port: int
    tokens: dict[str, str]
    folder: Path
    passwords: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @classmethod
    def make(cls, code: str, nodes: list[dict[str, str]], folder: Path) -> SiteOfBox:
        """A new site with a port, accounts, a signing key and keys of its vault, kept in `folder`."""
        folder.mkdir(exist_ok=True, mode=0o700)
        accounts = Accounts()
        tokens, passwords = hired(accounts, code, [node["code"] for node in nodes])
        accounts.save(folder / "accounts.json")
        create_key(folder / "site.key")
        create_keys(folder / VAULT_KEYS)
        return cls(code, nodes, free_port(), tokens, folder, passwords)

    @property
    def word(self) -> str:
        """What people call it."""
        return self.code

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def _accounts(self) -> Path:
        return self.folder / "accounts.json"

    @property
    def vault_keys(self) -> Path:
        """The file with the keys of its vault."""
        return self.folder / VAULT_KEYS

    @property
    def at(self) -> str:
        """Which rows of the roster stand here: "site", or "city"."""
        return "city" if self.code == CITY else "site"

    @property
    def database(self) -> str:
        """The name of the site's database."""
        return f"site_{self.code}"

    @property
    def kept(self) -> dict[str, Any]:
        """The site as `box.json` has it."""
        return {"code": self.code, "nodes": self.nodes, "port": self.port, "tokens": self.tokens, "passwords": self.passwords}

    @property
    def registered(self) -> dict[str, Any]:
        """The site as the hub has to know it."""
        key, public = public_key(self.folder / "site.key")
        return {"site": self.code, "key": key, "public_key": public, "address": self.address, "nodes": self.nodes}

    def client(self, who: str = "operator", timeout: float = 60.0) -> httpx2.Client:
        """A client that speaks to the site as one of its staff."""
        return httpx2.Client(base_url=self.address, headers={"Authorization": f"Bearer {self.tokens[who]}"}, timeout=timeout)

    def sign_in(self, browser: httpx2.Client, who: str = "leader") -> None:
        """Has a browser fill in the sign-in page. Raises `httpx2.HTTPStatusError` where that is refused."""
        staff = next(one.staff for one in STAFF if one.word == who)
        form = {"staff": staff, "password": self.passwords[who], "next": "/account"}
        browser.post(f"{self.address}/sign-in", data=form, follow_redirects=True).raise_for_status()

    def start(self, databases: Mapping[str, str], kafka: str, city: str, registry: Path, otlp: str = "") -> None:
        """Starts its process, with nothing of the owner's rights in its environment. To be called from the main thread: the process ends with that.

        Raises `BoxError` where another program has the port, or where the system lets it start no process.
        """
        self.take_port()
        told = {
            "SITE": self.code,
            "NODES": json.dumps(self.nodes),
            "AT": self.at,
            "DATABASES": json.dumps(databases),
            "KAFKA": kafka,
            "PORT": str(self.port),
            "ACCOUNTS": str(self._accounts),
            "KEY": str(self.folder / "site.key"),
            "VAULT_KEYS": str(self.vault_keys),
            "FEED_TOKEN": self.tokens["site"],
            "CITY": city,
            "REGISTRY": str(registry),
            "ONE_BOX": "true",
            **({"OTLP": otlp} if otlp else {}),
        }
        rest = {name: value for name, value in os.environ.items() if not name.startswith("LIANDONG_")}
        environment = {**rest, **{f"LIANDONG_{name}": value for name, value in told.items()}}
        command = [sys.executable, "-m", "services.cli", "serve", "box"]
        try:
            with open_log(self.folder / "site.log") as log:
                self.process = spawn(command, folder=ROOT, log=log, tie=signal.SIGTERM, env=environment)
        except OSError as error:
            raise BoxError(f"{self.code} 不能启动：{error.filename or command[0]} 不能用，{why_not(error)}；请更正后再启动") from error

    @property
    def ended(self) -> int | None:
        """The exit code of its process if that ended by itself; None while it runs, or was never started."""
        return None if self.process is None else self.process.poll()

    def take_port(self) -> None:
        """Waits for the end of a process that a killed owner left behind; the kernel has told it to, in the end it is killed.

        Raises `BoxError` where it cannot be ended, or another program has the port.
        """
        left = [process for process in psutil.process_iter() if _serves(process, self._accounts)]
        for process in (stuck := psutil.wait_procs(left, timeout=STOP_SECONDS)[1]):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if alive := psutil.wait_procs(stuck, timeout=KILLED_SECONDS)[1]:
            raise BoxError(f"{self.code} 的旧进程 {alive[0].pid} 不能结束；请查看进程表，结束它再启动")
        if not is_free(self.port):
            raise BoxError(f"{self.code} 的端口 {self.port} 正被别的程序占用；请结束那个程序，再启动")

    def wait_ready(self, seconds: float = START_SECONDS, given_up: GivesUp = never) -> None:
        """Waits until the site has started. Raises `BoxError` with the cause, or the end of its log, where it does not; `GivenUp` when told."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.ended is None:
            if self._ready():
                return
            if given_up():
                raise GivenUp(f"{self.code} 的启动已放弃")
            time.sleep(0.1)
        if cause := self.cause():
            raise BoxError(f"{self.code} 没有启动成功：{cause}（日志 {self.folder / 'site.log'}）")
        raise BoxError(f"{self.code} 没有启动成功，日志 {self.folder / 'site.log'}：\n" + "\n".join(self._last_lines()))

    def cause(self) -> str | None:
        """Why it ended or does not start, where the end of its log names a cause that is known."""
        return cause_in(self._last_lines(), self.folder)

    def _last_lines(self) -> list[str]:
        return end_of(self.folder / "site.log")[-QUOTED_LINES:]

    def _ready(self) -> bool:
        try:
            return started(httpx2.get(f"{self.address}/health/ready", timeout=2).json())
        except httpx2.HTTPError:
            return False

    def usable(self) -> bool:
        """Whether it answers at all, as after a start. May be asked from any thread."""
        return self.alive(2.0)

    def alive(self, seconds: float) -> bool:
        """Whether its process answers within so many seconds, whatever it needs besides. From any thread."""
        line = HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            line.request("GET", "/health/live")
            return line.getresponse().status == HTTPStatus.OK
        except (OSError, HTTPException):
            return False
        finally:
            line.close()

    def kill(self) -> None:
        """Ends its process by force, at once."""
        if self.process is not None:
            self.process.kill()

    def tell_to_stop(self) -> None:
        """Asks the process to end in order."""
        if self.process is not None and self.ended is None:
            self.process.send_signal(signal.SIGTERM)

    def wait_stopped(self, until: float) -> list[str]:
        """Waits for the end of the process; one that still runs at `until` (of the monotonic clock) is killed. What was wrong, in a sentence."""
        if (process := self.process) is None:
            return []
        self.process = None
        try:
            code = process.wait(max(until - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return [f"{self.code} 没有按时停止，已强行结束；{UNSAID}"]
        if code in (0, -signal.SIGTERM):  # that signal ends only what is still loading, and has nothing to say yet
            return []
        return [f"{self.code} 没有正常停止（{how(code)}）；{UNSAID}；日志 {self.folder / 'site.log'}"]


def started(report: Mapping[str, Any]) -> bool:
    """Whether a site, by its report of readiness, is as ready as a start can make it: what needs the operator's word waits for that, running."""
    return all(check["state"] == "up" or check["because"] == NeedsTheOperator.__name__ for check in report["checks"].values())


def how(code: int) -> str:
    """How a process ended, by its exit code."""
    return f"被信号 {signal.Signals(-code).name} 结束" if code < 0 else f"退出码 {code}"


def _serves(process: psutil.Process, accounts: Path) -> bool:
    """Whether it is the process of the site with these accounts."""
    try:
        return process.cmdline()[-2:] == ["serve", "box"] and process.environ().get("LIANDONG_ACCOUNTS") == str(accounts)
    except psutil.Error:
        return False
