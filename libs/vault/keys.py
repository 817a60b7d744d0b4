"""The key file of a site's vault (0600, JSON): the root from which digests are made, and the key-encryption keys, the newest of which wraps.

The file is read again when it has changed, so that a key that was added is used, and one that was taken out is no longer, without a restart.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from libs.forms import Moment, Unreadable, form_of, json_file

ROOT: Final = "lookup"
"""The id of the row that is no key-encryption key: digests are made from it, and it never changes."""
BYTES: Final = 32
ID: Final = rf"^({ROOT}|k[0-9a-f]{{16}})$"


class KeyRow(BaseModel):
    """A row of the file: 32 bytes in base64, and from when on they are the key."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True)

    id: Annotated[str, Field(pattern=ID)]
    key: SecretStr
    since: Annotated[Moment, Field(alias="from")]

    @property
    def raw(self) -> bytes:
        """The key. Raises `ValueError` for what is no 32 bytes in base64; its message does not have them."""
        try:
            found = base64.b64decode(self.key.get_secret_value(), validate=True)
        except ValueError:
            found = b""
        if len(found) != BYTES:
            raise ValueError(f"{self.id} 不是 {BYTES} 字节的 base64")
        return found


class KeysOnce:
    """What the file said when it was read."""

    def __init__(self, path: Path | None, rows: Sequence[KeyRow]) -> None:
        try:
            self.keys = {row.id: row.raw for row in rows}
        except ValueError as no:
            raise Unreadable(f"{path}：{no}") from None
        if len(self.keys) < len(rows):
            raise Unreadable(f"{path}：同一编号出现了两次")
        wrapping = [row for row in rows if row.id != ROOT]
        if ROOT not in self.keys or not wrapping:
            raise Unreadable(f"{path}：须有 {ROOT} 和至少一个密钥加密密钥")
        self.newest = max(wrapping, key=lambda row: (row.since, row.id)).id
        self.wrapping = frozenset(row.id for row in wrapping)


class Keyring:
    """The keys of one site. Nothing is read before a key is asked for; whoever starts a site asks for `read()` first."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._once: KeysOnce | None = None
        self._seen: tuple[int, int, int] | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r})"

    def read(self) -> KeysOnce:
        """What the file says now. Raises `Unreadable`, naming the file and never a key."""
        assert self.path is not None, "made-up keys say themselves what they are"
        stat = _stat(self.path)
        if self._once is None or stat != self._seen:
            self._once, self._seen = _load(self.path), stat
        return self._once

    @property
    def root(self) -> bytes:
        """What digests are made from."""
        return self.read().keys[ROOT]

    @property
    def newest(self) -> str:
        """The id of the key that wraps."""
        return self.read().newest

    def key(self, kek: str) -> bytes:
        """A key-encryption key. Raises `Unreadable` for one that is not in the file: what it wraps cannot be read without it."""
        found = self.read().keys.get(kek)
        if found is None or kek == ROOT:
            raise Unreadable(f"{self.path} 里没有密钥 {kek}；请放回含有它的文件")
        return found


def _stat(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise Unreadable(f"{path} 无法读取：{error.strerror}") from None
    return found.st_mtime_ns, found.st_ino, found.st_size


def _load(path: Path) -> KeysOnce:
    rows = json_file(path)
    if not isinstance(rows, list):
        raise Unreadable(f"{path}：应为列表")
    try:
        return KeysOnce(path, [form_of(KeyRow, row) for row in rows])
    except Unreadable as no:
        raise Unreadable(str(no) if str(no).startswith(str(path)) else f"{path}：{no}") from None


# --- writing ----------------------------------------------------------------------------------------------------------------------------


def now() -> datetime:
    """The time it is."""
    return datetime.now(UTC)


def create_keys(path: Path, at: Callable[[], datetime] = now) -> None:
    """A new file with a root and one key-encryption key, readable by its owner only. Raises `FileExistsError` rather than overwrite one."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump([_new(ROOT, at()), _new(f"k{secrets.token_hex(8)}", at())], file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def add_key(path: Path, at: Callable[[], datetime] = now) -> str:
    """Adds a key-encryption key, which wraps from then on: its id. The others stay, and open what they have wrapped. Raises `Unreadable`."""
    made = f"k{secrets.token_hex(8)}"
    _load(path)
    since = max([at(), *(row.since for row in _rows(path))])
    _write(path, [*json_file(path), _new(made, since)])
    return made


def drop_keys(path: Path, keks: Sequence[str]) -> None:
    """Takes key-encryption keys out; the newest stays whatever is asked. What they wrapped cannot be read afterwards. Raises `Unreadable`."""
    newest = _load(path).newest
    gone = set(keks) - {newest, ROOT}
    _write(path, [row for row in json_file(path) if row["id"] not in gone])


def key_row(name: str, raw: bytes, since: datetime) -> KeyRow:
    """A row of such a file."""
    return KeyRow(id=name, key=SecretStr(base64.b64encode(raw).decode()), since=since)


def _rows(path: Path) -> list[KeyRow]:
    return [form_of(KeyRow, row) for row in json_file(path)]


def _new(name: str, since: datetime) -> dict[str, str]:
    return {"id": name, "key": base64.b64encode(secrets.token_bytes(BYTES)).decode(), "from": since.isoformat()}


def _write(path: Path, rows: Sequence[object]) -> None:
    """Whole or not at all, and on the disk when this returns."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
