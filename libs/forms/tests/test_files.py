"""A file that somebody writes is read strictly, and what is wrong with it is one sentence that names it."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from libs.forms import Form, Unreadable, json_form, read_file, toml_form, why_not


class Known(Form):
    days: int


def written(folder: Path, content: bytes | str) -> Path:
    file = folder / "known.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


@pytest.mark.parametrize(
    ("content", "because"),
    [
        ("days = 5\ndays = 6\n", "第 2 行第 9 列不是有效的 TOML"),
        ("days = \n", "第 1 行第 8 列不是有效的 TOML"),
        ('days = "', "结尾处不是有效的 TOML"),
        ("day = 5\n", "：days：必须填写"),
        ("days = 5\nmore = 6\n", "：more：没有这一项"),
        ('days = "5"\n', "：days：应为整数"),
        ("天 = 5\n".encode("gbk"), "：第 1 行不是 UTF-8 文字；请另存为 UTF-8"),
    ],
)
def test_toml_of_another_form_is_told_by_file_and_place(tmp_path: Path, content: bytes | str, because: str) -> None:
    file = written(tmp_path, content)
    with pytest.raises(Unreadable, match=re.escape(f"{file}") + ".*" + re.escape(because)):
        toml_form(Known, file)


def test_a_file_that_is_right_is_read_with_and_without_a_mark(tmp_path: Path) -> None:
    assert toml_form(Known, written(tmp_path, "\ufeffdays = 5\n")) == Known(days=5)
    assert json_form(Known, written(tmp_path, '\ufeff{"days": 5}')) == Known(days=5)


def test_why_the_system_did_not_read_it_is_said_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="none 无法读取：文件不存在"):
        read_file(tmp_path / "none")
    with pytest.raises(Unreadable, match="是文件夹，不是文件"):
        read_file(tmp_path)
    for code in (errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.ENOSPC, errno.EROFS, errno.ENAMETOOLONG, errno.ELOOP, errno.EEXIST):
        assert re.search(r"[\u4e00-\u9fff]", why_not(OSError(code, os.strerror(code))))
    assert why_not(OSError(errno.EXDEV, "Invalid cross-device link")) == "Invalid cross-device link"
