"""`liandong story FILE`: a case told through the real rules, in memory, in virtual time. Needs no running system."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from libs.forms import Unreadable
from services.cli.operate import Json, fail


def story(file: Annotated[Path, typer.Argument(help="故事文件（JSON），见 docs/story.md")], as_json: Json = False) -> None:
    """把一个办件当故事讲一遍：真实的规则，虚拟的时间，不需要运行的系统。"""
    from libs.story import play, read_story  # the services are heavy, and other commands do without them

    try:
        played = play(read_story(file.read_bytes()), file.parent)
    except OSError as error:
        fail(f"{file} 无法读取：{error.strerror}", 2)
    except Unreadable as error:
        fail(f"{file} 讲不下去：{error}", 2)
    if as_json:
        typer.echo(json.dumps(played.as_json(), ensure_ascii=False))
        return
    for told in played.told:
        typer.echo(f"{told.at:%Y-%m-%d %H:%M} {told.by} {told.act or ''}")
        for fact in told.facts:
            typer.echo(f"    {fact.service} {fact.type}")
        if told.refusal:
            typer.echo(f"    {told.refusal.code}：{told.refusal.because}")
