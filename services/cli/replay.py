"""`liandong replay FILE`: an office's log, read by a map, worked through as imported acts, and what the platform made of it."""

from __future__ import annotations

import time
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx2
import typer

from libs.embedded import EmbeddedError
from libs.terminal import Terminal
from services.cli.operate import running_box
from services.cli.saying import fail, say_json
from services.onebox import (
    BoxError,
    NotALog,
    NotAMap,
    ReadLog,
    advance,
    read_log,
    read_map,
    run_import,
    said,
    settle,
    shipped,
    show,
    summarise,
    throw_away,
)

SHIPPED: Final = "receipt"


def replay(file: Path, *, log: str | None, log_map: Path | None, check: bool, as_json: bool) -> None:
    """Works through the log. Ends the command with 3 where the platform's chains or counts are wrong."""
    if log is not None and log_map is not None:
        fail("--log 和 --map 只能用一个：前者是随系统提供的映射，后者是自己的", 2)
    try:
        said_by = read_map(log_map) if log_map else shipped(SHIPPED if log is None else log)
        found = read_log(file, said_by, stem=log_map.stem if log_map else log or SHIPPED, now=datetime.now(UTC))
    except (NotALog, NotAMap) as error:
        fail(str(error), 2)
    summary = _replayed(found, check)
    if as_json:
        say_json(summary)
    if not (summary["chains_verified"] and summary["counts_agree"]):
        raise typer.Exit(3)


def _replayed(log: ReadLog, check: bool) -> dict[str, Any]:
    """What the platform makes of the log, shown on stderr too. Ends the command where it does not come to its end."""
    console = Terminal(stderr=True)
    began = time.monotonic()
    try:
        with throw_away() if check else nullcontext(running_box()) as box:
            run_import(box, log, console)
            with console.status("时钟走到日志的最后一刻，等市中心核验……"):
                advance(box, log.name, log.last)
                settle(box)
            summary = summarise(box, log.name, time.monotonic() - began)
    except BoxError as error:
        fail(str(error), error.code)
    except (EmbeddedError, TimeoutError) as error:
        fail(str(error), 1)
    except httpx2.HTTPStatusError as error:
        fail(f"没有导入完：{said(error.response)}（{error.request.url.path}）；改正后再次运行会接着做", 2)
    except httpx2.TransportError:
        fail("节点部署没有回答；再次运行会接着做", 1)
    show(summary, console)
    return summary
