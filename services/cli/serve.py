"""`liandong serve box`: the process of a site."""

from __future__ import annotations

from typing import Annotated

import typer

from services.cli.saying import fail


def serve(what: Annotated[str, typer.Argument(help="运行什么：box")]) -> None:
    """运行一个部署（box：整套服务一个进程；设置来自环境变量 LIANDONG_…）。"""
    if what != "box":
        fail(f"没有 {what}；目前可运行：box", 2)
    from services.box import serve as serve_box

    serve_box()
