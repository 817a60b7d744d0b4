"""`liandong clock confirm SITE`: the operator's word that a machine's time is right, so that limits speak again."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from libs.workdays import CHINA
from services.cli.operate import Json, ask, site_of
from services.cli.saying import console, say_json
from services.cli.wording import ChineseCommand, ChineseCommands

clock = typer.Typer(cls=ChineseCommands, help="机器时间：存疑时时限暂停提醒和发牌，等人核对")


@clock.command("confirm", cls=ChineseCommand)
def confirm(site: Annotated[str, typer.Argument(help="节点部署，如 511525")], as_json: Json = False) -> None:
    """核对过机器时间之后确认：时限接着计时，到期的随即提醒、发牌。"""
    found = ask(site_of(site), "POST", "/deadline/time/confirm")
    if as_json:
        say_json(found)
        return
    now = f"{datetime.fromisoformat(found['now']).astimezone(CHINA):%Y-%m-%d %H:%M}"
    said = f"机器时间 {now} 已确认，时限接着计时" if found["confirmed"] else f"机器时间 {now} 没有存疑，不必确认"
    console.print(f"{found['site']}：{said}", soft_wrap=True)
