"""What a box keeps about itself: `box.json` with the number of its format, readable by its user only."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field

from libs.forms import Form, NodeCode, NodeRow, Port, Unreadable, json_file, json_form, why_not

FORMAT: Final = 6
"""The number of the form that everything in the folder has: settings, databases, events, topics. A box of another number cannot be read."""
NAME: Final = "box.json"


class BoxError(Exception):
    """What was asked of the box cannot be; the message says what to do, `code` is what a command ends with."""

    def __init__(self, because: str, code: int = 1) -> None:
        super().__init__(because)
        self.code = code


def known(folder: Path) -> bool:
    """Whether there is a box in `folder`, of whatever format. Raises `BoxError` for a folder that may not be entered."""
    try:
        return (folder / NAME).exists()
    except OSError as error:
        raise BoxError(f"{folder} 不能读：{why_not(error)}；请以启动它的用户再试，或用环境变量 LIANDONG_BOX 换一个目录") from None


class SiteMade(Form):
    """A site as it is made: `one_box.toml`."""

    code: NodeCode
    nodes: Annotated[tuple[NodeRow, ...], Field(min_length=1)]


class SitesOfBox(Form):
    """The sites of a new box."""

    site: Annotated[tuple[SiteMade, ...], Field(min_length=1)]


class SiteKept(SiteMade):
    """A site as `box.json` has it."""

    port: Port
    tokens: dict[str, str]
    passwords: dict[str, str]


class BoxKept(Form):
    """What `box.json` says in the present format."""

    format: int
    sites: Annotated[tuple[SiteKept, ...], Field(min_length=1)]


def read(folder: Path) -> tuple[SiteKept, ...]:
    """The sites of the box. Raises `BoxError` where there is none (1), for one of another format, and for a file that is broken (2)."""
    if not known(folder):
        raise BoxError(f"{folder} 里没有联动系统；先运行 scripts/up")
    path = folder / NAME
    try:
        kept = json_file(path)
        found = kept.get("format", 1) if isinstance(kept, dict) else None
        if type(found) is not int or found == FORMAT:
            return json_form(BoxKept, path).sites
    except Unreadable as no:
        raise BoxError(f"{no}；请改正这个文件，或运行 liandong down --erase 清空", 2) from None
    if found < FORMAT:
        raise BoxError(f"{folder} 是旧格式（{found}，现在是 {FORMAT}），读不了；运行 liandong down --erase 清空，再运行 scripts/up", 2)
    raise BoxError(f"{folder} 由更新的版本建立（格式 {found}，这里只认 {FORMAT}）；请用那个版本，或运行 liandong down --erase 清空", 2)


def write(folder: Path, sites: Sequence[dict[str, Any]]) -> None:
    """Keeps the sites, whole or not at all."""
    draft = folder / f"{NAME}.draft"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump({"format": FORMAT, "sites": list(sites)}, file, ensure_ascii=False, indent=1)
    draft.rename(folder / NAME)
