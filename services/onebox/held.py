"""Who works on a box: one command at a time holds its folder, by a lock that the kernel frees, and says in the same file how things stand.

The file has its full size from the beginning and is written in place: it can be written when the disk is full, and read when nothing answers.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

import psutil
from pydantic import Field

from libs.forms import Form, Moment, Unreadable, form_of, strict_json, why_not
from services.onebox.folder import BoxError

NAME: Final = "held.json"
SIZE: Final = 8192
LONGEST: Final = 400
"""Characters of a reason: four parts with theirs have room in `SIZE`."""
HeldFor = Literal["up", "migrate", "erase"]
_SENTENCES: Final[dict[HeldFor, str]] = {
    "up": "的联动系统正在运行（进程 {pid}）；先运行 liandong down，或用环境变量 LIANDONG_BOX 换一个目录",
    "migrate": "正在升级数据库（liandong migrate，进程 {pid}）；请等它结束",
    "erase": "正在清空（liandong down --erase，进程 {pid}）；请等它结束",
}


class PartStands(Form):
    """How a part of the box stands: since when, why, and how often it was started again."""

    part: str
    state: Literal["up", "starting", "down", "silent"]
    since: Moment
    because: str = ""
    again: Annotated[int, Field(ge=0)] = 0


class Holder(Form):
    """Who holds the box. `born` tells the process from a later one of the same number."""

    pid: int
    born: float
    doing: HeldFor
    parts: tuple[PartStands, ...] = ()


class HeldBox:
    """The folder is ours until `release`."""

    def __init__(self, folder: Path, doing: HeldFor) -> None:
        """Raises `BoxError` where another process holds it, or where the folder cannot be written."""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.open(folder / NAME, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BoxError(f"{folder} 不能写：{why_not(error)}；请更正，或用环境变量 LIANDONG_BOX 换一个目录") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._me = Holder(pid=os.getpid(), born=psutil.Process().create_time(), doing=doing)
            self.say(())
        except BlockingIOError:
            os.close(self._file)
            raise BoxError(f"{folder} {_said(holder(folder))}") from None
        except OSError as error:
            os.close(self._file)
            raise BoxError(f"{folder} 不能写：{why_not(error)}；请更正后再启动") from None

    def say(self, parts: Sequence[PartStands]) -> None:
        """Writes how the parts stand. Raises `OSError` where even that cannot be written."""
        said = tuple(part.model_copy(update={"because": part.because[:LONGEST]}) for part in parts)
        me = self._me.model_copy(update={"parts": said}).model_dump(mode="json")
        os.pwrite(self._file, json.dumps(me, ensure_ascii=False).encode().ljust(SIZE), 0)

    def release(self) -> None:
        """Gives the folder back. What was said in it is of no account any more."""
        os.close(self._file)


def holder(folder: Path) -> Holder | None:
    """The living process that holds the box, None where there is none."""
    try:
        found = form_of(Holder, strict_json((folder / NAME).read_bytes().strip()))
        return found if psutil.Process(found.pid).create_time() == found.born else None
    except (FileNotFoundError, Unreadable, psutil.Error):
        return None
    except OSError as error:
        raise BoxError(f"{folder} 不能读：{why_not(error)}；请以启动它的用户再试") from None


def _said(by: Holder | None) -> str:
    return _SENTENCES[by.doing].format(pid=by.pid) if by else "正由另一个命令使用；请等它结束"
