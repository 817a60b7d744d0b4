"""`liandong clock confirm SITE`: the operator's word that a machine's time is right, so that limits speak again."""

from __future__ import annotations

from datetime import datetime

from libs.workdays import CHINA
from services.cli.operate import ask, site_of
from services.cli.saying import console, say_json


def confirm(site: str, *, as_json: bool) -> None:
    """Says to the site that its time is right."""
    found = ask(site_of(site), "POST", "/deadline/time/confirm")
    if as_json:
        say_json(found)
        return
    now = f"{datetime.fromisoformat(found['now']).astimezone(CHINA):%Y-%m-%d %H:%M}"
    said = f"机器时间 {now} 已确认，时限接着计时" if found["confirmed"] else f"机器时间 {now} 没有存疑，不必确认"
    console.print(f"{found['site']}：{said}", soft_wrap=True)
