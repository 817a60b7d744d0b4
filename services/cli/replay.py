"""`liandong replay FILE --log receipt`: a real log worked through as imported acts, and what the platform made of it."""

from __future__ import annotations

import json
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import httpx2
import typer

from libs.embedded import EmbeddedError
from libs.terminal import Terminal
from services.cli.operate import running_box
from services.cli.saying import fail
from services.onebox import BoxError, NotALog, advance, last_instant, read_log, run_import, settle, show, summarise, throw_away


def replay(
    file: Annotated[Path, typer.Argument(help="办件日志（CSV）")],
    log: Annotated[str, typer.Option("--log", help="日志的格式和名字")] = "receipt",
    check: Annotated[bool, typer.Option("--check", help="在临时的两节点系统里做，做完即清除")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="最后一行输出一个 JSON 对象")] = False,
) -> None:
    """把真实的办件日志作为导入的行为逐件重放；可随时停下，再次运行不会重复。"""
    if log != "receipt":
        fail(f"不认识日志格式 {log}；目前有：receipt", 2)
    console = Terminal(stderr=True)
    try:
        cases = read_log(file)
    except NotALog as error:
        fail(str(error), 2)
    began = time.monotonic()
    try:
        with throw_away() if check else nullcontext(running_box()) as box:
            run_import(box, log, cases, console)
            with console.status("时钟走到日志的最后一刻，等市中心核验……"):
                advance(box, log, last_instant(cases))
                settle(box)
            summary = summarise(box, log, time.monotonic() - began)
    except BoxError as error:
        fail(str(error), error.code)
    except (EmbeddedError, TimeoutError) as error:
        fail(str(error), 1)
    except httpx2.HTTPStatusError as error:
        fail(f"{error.request.url} 拒绝了：{error.response.text}", 2)
    except httpx2.TransportError as error:
        fail(f"节点部署没有回答（{error}）；再次运行会接着做", 1)
    show(summary, console)
    if as_json:
        typer.echo(json.dumps(summary, ensure_ascii=False))
    if not (summary["chains_verified"] and summary["counts_agree"]):
        raise typer.Exit(3)
