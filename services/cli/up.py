"""`liandong up`: one box with two sites, seeded, until Ctrl-C; the next start continues."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import psutil
import typer
from rich.panel import Panel

from libs.embedded import EmbeddedError, GivenUp
from libs.terminal import say
from services.cli.saying import console, fail
from services.onebox import STAFF, BoxError, OneBox, SiteOfBox, default_folder, holder, seed

LOOK_SECONDS: Final = 1.0
"""How often the box looks after its parts."""


def up(*, no_seed: bool, once: bool) -> None:
    """Starts the box and looks after it until it is told to stop."""
    box = OneBox(default_folder())
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    unsaid: list[str] = []
    try:
        _run(box, stop, seeded=not no_seed, once=once)
    except GivenUp:
        console.print("启动已放弃")
    except BoxError as error:
        fail(str(error), error.code)
    except EmbeddedError as error:
        fail(str(error), 1)
    finally:
        unsaid = box.stop()
        for sentence in unsaid:
            say(sentence)
    console.print("已停止。再次运行 scripts/up 接着用；liandong down --erase 清空重来。")
    if unsaid:
        raise typer.Exit(1)


def _run(box: OneBox, stop: threading.Event, *, seeded: bool, once: bool) -> None:
    """Starts the box, fills a new one, and looks after it until it is told to stop."""
    began, first = time.monotonic(), box.new
    with console.status("启动 PostgreSQL、Kafka 和两个节点部署……"):
        box.start(stop.is_set)
    console.print(f"已启动，用时 {time.monotonic() - began:.1f} 秒")
    if seeded and not (box.folder / "seeded").exists():
        with ThreadPoolExecutor(1) as aside:  # meanwhile the box is looked after
            filling = aside.submit(seed, box, console, stop.is_set)
            _look_after(box, filling.done, time.sleep)
            filling.result()
        (box.folder / "seeded").touch()
    tell(box, first)
    if not once:
        _look_after(box, stop.is_set, stop.wait)
    console.print("正在停止……")


def _look_after(box: OneBox, done: Callable[[], bool], wait: Callable[[float], object]) -> None:
    while not done():
        for sentence in box.watch():
            console.print(f"{time.strftime('%H:%M:%S')} {sentence}", soft_wrap=True)
        wait(LOOK_SECONDS)


def tell(box: OneBox, first: bool) -> None:
    """Prints addresses, how to sign in, and what to try."""
    for site in box.sites:
        name = next(node["name"] for node in site.nodes if node["code"] == site.code)
        console.print(f"{site.code} {name}  {site.address}", style="bold", soft_wrap=True)
        for sentence in ways_in(site):
            console.print(f"  {sentence}", soft_wrap=True)
    console.print(f"其余岗位的口令和程序用的令牌在 {box.folder / 'box.json'}（只有本机用户可读）")
    words = [
        f"浏览器打开 {box.city.address}/ ，用领导的账号和口令登录：全市一览",
        "用窗口人员的账号登录：我的账号，有哪些授权、能办什么",
        "点开任意办件：经过、每条事件的链校验、时限凭证",
        "另开一个终端：.venv/bin/liandong status",
        ".venv/bin/liandong due 2026-09-28 --limit 20wd",
        ".venv/bin/liandong verify",
    ]
    console.print(Panel("\n".join(words), title="可以试试" if first else "欢迎回来"))


def ways_in(site: SiteOfBox) -> list[str]:
    """How people sign in, and programs ask: a sentence each."""
    shown = sorted((one for one in STAFF if one.word in ("leader", "clerk")), reverse=True)
    ways = [f"账号 {one.staff}（{one.post}），口令 {site.passwords[one.word]}" for one in shown]
    return [*ways, f"令牌 clerk（供程序经 HTTP 使用，不能登录页面）：{site.tokens['clerk']}"]


def down(*, erase: bool) -> None:
    """Stops the box that runs, and clears its folder where that is asked for."""
    box = OneBox(default_folder())
    try:
        if box.new:
            fail(f"{box.folder} 里没有联动系统", 1)
        _stop_running(box)
        if erase:
            box.erase()
            console.print(f"{box.folder} 已清空")
    except BoxError as error:
        fail(str(error), error.code)
    except EmbeddedError as error:
        fail(str(error), 1)


def _stop_running(box: OneBox) -> None:
    """Tells the `liandong up` that runs this box to stop, if there is one, and waits for its end."""
    running = holder(box.folder)
    if running is None or running.doing != "up":
        return
    patience = box.stop_seconds + 5
    try:
        process = psutil.Process(running.pid)
        process.terminate()
        process.wait(patience)
    except psutil.NoSuchProcess:
        pass  # it has stopped by itself meanwhile
    except psutil.AccessDenied:
        fail(f"进程 {running.pid} 属于另一个用户；请以启动它的用户运行 liandong down", 1)
    except psutil.TimeoutExpired:
        fail(f"进程 {running.pid} 在 {patience:.0f} 秒内没有停止；请查看 {box.folder}", 1)
    console.print("已停止")
