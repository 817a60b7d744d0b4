"""Files that people write, read strictly: what is wrong is one sentence that names the file."""

from __future__ import annotations

import errno
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from libs.forms.reading import Unreadable, form_of, strict_json, text_of

M = TypeVar("M", bound=BaseModel)
_WHY: Final[Mapping[int, str]] = {
    errno.ENOENT: "文件不存在",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.EEXIST: "已经存在",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "磁盘只能读",
    errno.ENAMETOOLONG: "名称太长",
    errno.ELOOP: "链接绕成了圈",
}


def why_not(error: OSError) -> str:
    """Why the system did not do what was asked with a file, for people; what is rare is said in the system's own words."""
    return _WHY.get(error.errno or 0, error.strerror or type(error).__name__)


def read_file(path: Path) -> bytes:
    """The content of a file. Raises `Unreadable`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path} 无法读取：{why_not(error)}") from None


def json_file(path: Path) -> Any:
    """The value in a file of JSON, read strictly. Raises `Unreadable`, naming the file."""
    data = read_file(path)
    try:
        return strict_json(data)
    except Unreadable as no:
        raise Unreadable(f"{path}：{no}") from None


def json_form(kind: type[M], path: Path) -> M:
    """The form that a file of JSON fills in. Raises `Unreadable`, naming the file."""
    return _filled(kind, json_file(path), path)


def toml_form(kind: type[M], path: Path) -> M:
    """The form that a file of TOML fills in. Raises `Unreadable`, naming the file."""
    data = read_file(path)
    try:
        value = tomllib.loads(text_of(data))
    except Unreadable as no:
        raise Unreadable(f"{path}：{no}") from None
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"{path} {_where(str(error))}不是有效的 TOML") from None
    except RecursionError:
        raise Unreadable(f"{path} 套得太深，不是有效的 TOML") from None
    return _filled(kind, value, path)


def _filled(kind: type[M], value: object, path: Path) -> M:
    try:
        return form_of(kind, value)
    except Unreadable as no:
        raise Unreadable(f"{path}：{no}") from None


def _where(said: str) -> str:
    """The place that tomllib puts behind its sentence, which is English."""
    line, found, column = said.rpartition("(at line ")[2].rstrip(")").partition(", column ")
    return f"第 {line} 行第 {column} 列" if found else "结尾处"
