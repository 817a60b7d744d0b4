"""What a program's own words come to, for people: the few causes an operator can do something about, told in one sentence with what to do."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_CAUSES: Final = tuple(
    (re.compile(words, re.IGNORECASE), sentence)
    for words, sentence in (
        (r"No space left on device", "磁盘已满；请腾出空间后再启动"),
        (r"Disk quota exceeded", "磁盘配额已用完；请腾出空间或提高配额后再启动"),
        (r"File too large", "文件超过了允许的大小；请提高限制（ulimit -f）后再启动"),
        (r"Read-only file system", "磁盘只能读；请恢复为可写，或换一个目录后再启动"),
        (r"Address already in use", "端口正被别的程序占用；请结束那个程序后再启动"),
        (
            r"OutOfMemoryError|Could not reserve enough space|insufficient memory|Cannot allocate memory"
            r"|could not map anonymous shared memory|failed to (allocate|commit|map|reserve)",
            "内存不足；请关闭别的程序，或换内存更大的机器后再启动",
        ),
        (r"Too many open files", "打开的文件太多；请提高限制（ulimit -n）后再启动"),
        (
            r"error while loading shared libraries|could not access file .*: No such file|Could not find or load main class|NoClassDefFoundError"
            r"|Error opening zip file|error reading zip file|No module named",
            "程序不完整；请按 requirements.lock 重新安装依赖（scripts/setup）后再启动",
        ),
        (r"Permission denied|AccessDeniedException|Operation not permitted", "没有权限；请更正目录的权限，或换一个目录后再启动"),
    )
)
"""In the order in which they are looked for: a full disk also spoils what comes after it."""
FULL_BYTES: Final = 1024 * 1024
"""With less than this left a disk is full: its log could not say so any more."""
END_BYTES: Final = 256 * 1024
"""How much of the end of a log is looked at, however large it has grown."""


def cause_in(lines: Iterable[str], folder: Path) -> str | None:
    """The cause that these lines of a log name, or that the disk of `folder` shows; None: none that is known."""
    text = "\n".join(lines)
    found = next((sentence for words, sentence in _CAUSES if words.search(text)), None)
    return found or (_CAUSES[0][1] if shutil.disk_usage(folder).free < FULL_BYTES else None)


def end_of(log: Path, begin: int = 0) -> list[str]:
    """The last lines of a log, from the byte `begin` on at the earliest; none where somebody has removed it to make room."""
    try:
        with log.open("rb") as file:
            file.seek(max(begin, file.seek(0, os.SEEK_END) - END_BYTES))
            return file.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return []
