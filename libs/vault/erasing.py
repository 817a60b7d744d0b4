"""`vault.erased`, beside the key file: who was erased, one line each, on the disk before the database is told.

It is no part of a backup of the database: when one is restored, whoever was erased since is erased again at the opening.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from libs.forms import Unreadable, why_not

NAME: Final = "vault.erased"


class ErasedLine(msgspec.Struct, frozen=True):
    """A subject that was erased, at whose node, by whom, when."""

    subject: str
    node: str
    officer: str
    at: datetime


class ErasedFile:
    """The file. It is only ever added to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, line: ErasedLine) -> None:
        """Adds a line; it is on the disk when this returns. Blocks: call it in a thread. Raises `Unreadable`: that a disk is full is told as what
        it is, and not as a server that is away.
        """
        try:
            self._add(line)
        except OSError as error:
            raise Unreadable(f"{self.path} 无法写入：{why_not(error)}") from error

    def _add(self, line: ErasedLine) -> None:
        new = not self.path.exists()
        with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(_whole(file))
            file.truncate()
            file.write(msgspec.json.encode(line) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if new:
            _sync_folder(self.path.parent)

    def lines(self) -> Iterator[ErasedLine]:
        """Every line, oldest first; one that was never finished was never promised. Raises `Unreadable` for a file that was damaged."""
        if not self.path.exists():
            return
        try:
            with self.path.open("rb") as file:
                for number, line in enumerate(file, 1):
                    if line.endswith(b"\n"):
                        yield self._read(number, line)
        except OSError as error:
            raise Unreadable(f"{self.path} 无法读取：{why_not(error)}") from None

    def _read(self, number: int, line: bytes) -> ErasedLine:
        try:
            found: ErasedLine = msgspec.json.decode(line, type=ErasedLine)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise Unreadable(f"{self.path} 第 {number} 行已损坏；请从备份放回这个文件") from None
        return found


def _whole(file: BinaryIO | Any) -> int:
    """Where the last finished line ends: a line that a crash cut short is written over."""
    data: bytes = file.read()
    return data.rfind(b"\n") + 1


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
