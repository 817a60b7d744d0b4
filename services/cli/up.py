"""`liandong up`: one box with two sites, seeded, until Ctrl-C; the next start continues."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Annotated

import psutil
import typer
from rich.panel import Panel

from libs.embedded import EmbeddedError
from services.cli.saying import console, fail
from services.onebox import BoxError, OneBox, default_folder, seed


def up(
    no_seed: Annotated[bool, typer.Option("--no-seed", help="不放入示例事项和办件")] = False,
    once: Annotated[bool, typer.Option("--once", help="启动、放入示例、显示地址后即停止")] = False,
) -> None:
    """启动整套系统：一个市、一个县，各一个进程；Ctrl-C 停止，再次启动接着用。"""
    box = OneBox(default_folder())
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    began = time.monotonic()
    first = box.new
    try:
        with console.status("启动 PostgreSQL、Kafka 和两个节点部署……"):
            box.start()
        (box.folder / "up.pid").write_text(str(os.getpid()))
        console.print(f"已启动，用时 {time.monotonic() - began:.1f} 秒")
        if not no_seed and not stop.is_set() and not (box.folder / "seeded").exists():
            seed(box, console)
            (box.folder / "seeded").touch()
        tell(box, first)
        while not once and not stop.wait(1.0):
            box.watch()
        console.print("正在停止……")
    except BoxError as error:
        fail(str(error), error.code)
    except EmbeddedError as error:
        fail(str(error), 1)
    finally:
        box.stop()
    console.print("已停止。再次运行 scripts/up 接着用；liandong down --erase 清空重来。")


def tell(box: OneBox, first: bool) -> None:
    """Prints addresses, tokens, and what to try."""
    for site in box.sites:
        name = next(node["name"] for node in site.nodes if node["code"] == site.code)
        console.print(f"{site.code} {name}  {site.address}", style="bold", soft_wrap=True)
        for word, use in (("leader", "登录看板"), ("clerk", "供 HTTP 使用，不能登录看板")):
            console.print(f"  令牌 {word}（{use}）：{site.tokens[word]}", soft_wrap=True)
    console.print(f"其余岗位的令牌在 {box.folder / 'box.json'}（只有本机用户可读）")
    words = [
        f"浏览器打开 {box.city.address}/ ，粘贴 leader 令牌：全市一览",
        "点开任意办件：经过、每条事件的链校验、时限凭证",
        "另开一个终端：.venv/bin/liandong status",
        ".venv/bin/liandong due 2026-09-28 --limit 20wd",
        ".venv/bin/liandong verify",
    ]
    console.print(Panel("\n".join(words), title="可以试试" if first else "欢迎回来"))


def down(erase: Annotated[bool, typer.Option("--erase", help="清空全部数据")] = False) -> None:
    """停止正在运行的系统；--erase 清空重来。"""
    box = OneBox(default_folder())
    if box.new:
        fail(f"{box.folder} 里没有联动系统", 1)
    running = _running(box)
    if running is not None:
        running.terminate()
        patience = box.stop_seconds + 5
        try:
            running.wait(patience)
        except psutil.TimeoutExpired:
            fail(f"进程 {running.pid} 在 {patience:.0f} 秒内没有停止；请查看 {box.folder}", 1)
        console.print("已停止")
    if erase:
        try:
            box.erase()
        except EmbeddedError as error:
            fail(str(error), 1)
        console.print(f"{box.folder} 已清空")


def _running(box: OneBox) -> psutil.Process | None:
    """The process of the `liandong up` that runs this box, if there is one."""
    try:
        process = psutil.Process(int((box.folder / "up.pid").read_text()))
        return process if "up" in process.cmdline() else None
    except (OSError, ValueError, psutil.Error):
        return None
