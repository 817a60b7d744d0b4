"""What a machine has to have before a box is started on it: memory, room on the disk, and a clock that is not far off."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psutil

from libs.workdays import CHINA, Calendars
from services.onebox.folder import BoxError

MIB: Final = 1024 * 1024
NEEDED_MEMORY: Final = 800 * MIB
"""A city and a county with their servers take 0.62 GB after the start (docs/decisions/0027-the-box-watches.md), and need some air."""
NEEDED_DISK: Final = 400 * MIB
"""PostgreSQL writes 100 MB before it has stored anything, Kafka and the write-ahead logs grow."""
YEARS_BEYOND: Final = 20
CGROUPS: Final = Path("/sys/fs/cgroup")


def check_machine(folder: Path, now: datetime | None = None, cgroups: Path = CGROUPS) -> None:
    """Raises `BoxError` with what is missing, and what to do."""
    _check_clock((now or datetime.now(UTC)).astimezone(CHINA))
    if (memory := memory_left(cgroups)) < NEEDED_MEMORY:
        raise BoxError(f"内存只剩 {memory // MIB} MB，启动至少要 {NEEDED_MEMORY // MIB} MB；请关闭别的程序，或换内存更大的机器")
    if (room := shutil.disk_usage(folder).free) < NEEDED_DISK:
        raise BoxError(f"{folder} 所在的磁盘只剩 {room // MIB} MB（磁盘已满），启动至少要 {NEEDED_DISK // MIB} MB；请腾出空间")


def _check_clock(now: datetime) -> None:
    """Limits are reckoned in days of the calendar: years before it was made, or long after it, are a clock that was never set."""
    known = Calendars.shipped().current.last_notice.year
    if not known - 1 <= now.year <= known + YEARS_BEYOND:
        raise BoxError(f"机器时间是 {now:%Y-%m-%d %H:%M}，不可能是对的；请先校准时间，再启动")


def memory_left(cgroups: Path = CGROUPS) -> int:
    """Bytes that programs can still get: of the machine, and of the group it lets us have, whichever is less."""
    machine = psutil.virtual_memory().available + psutil.swap_memory().free
    return min([machine, *(_left_of(group) for group in (cgroups, cgroups / "memory"))])


def _left_of(group: Path) -> int:
    """What a control group may still take; caches of files are given back when asked for. Of version 2, or 1."""
    for most, used in (("memory.max", "memory.current"), ("memory.limit_in_bytes", "memory.usage_in_bytes")):
        if (group / most).is_file() and (limit := (group / most).read_text().strip()).isdecimal():
            counts = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
            return int(limit) - int((group / used).read_text()) + int(counts.get("inactive_file", 0))
    return psutil.virtual_memory().total
