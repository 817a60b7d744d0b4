"""The name under which a document is given out does no harm, and is still known again."""

from __future__ import annotations

import pytest

from libs.codes import turns_shown
from libs.vault.documents import JPEG, PDF, disposition, given_name


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("身份证.pdf", "身份证.pdf"),
        ("𠮷家的㛃.PDF", "𠮷家的㛃.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\李秀英\\证明.pdf", "证明.pdf"),
        ("证明\u202efdp.exe", "证明fdp.exe.pdf"),
        ("a\u200bb\r\nSet-Cookie: x.pdf", "abSet-Cookie_ x.pdf"),
        ('a"; filename="b.exe', "a__ filename=_b.exe.pdf"),
        ("...", "文件.pdf"),
        ("/", "文件.pdf"),
        (".pdf", "文件.pdf"),
        ("长" * 300, "长" * 80 + ".pdf"),
    ],
)
def test_a_name_is_within_no_folder_turns_nothing_and_ends_as_its_type(name: str, given: str) -> None:
    assert given_name(name, PDF) == given


def test_a_header_is_ascii_whatever_the_name() -> None:
    said = disposition('𠮷"\r\nX: y\u202e.jpg', JPEG)
    assert said.startswith("attachment; filename=\"document.jpg\"; filename*=UTF-8''")
    assert said.isascii()
    assert said.isprintable()
    assert said.count('"') == 2


def test_signs_that_turn_what_follows_are_named_and_nothing_else_is_changed() -> None:
    assert turns_shown("付\u202e001\u202c元") == "付〔U+202E〕001〔U+202C〕元"
    assert turns_shown("𠮷和㛃，ئۇيغۇرچە\u200f\n e\u0301") == "𠮷和㛃，ئۇيغۇرچە\u200f\n e\u0301"
    assert turns_shown("\u2066a\u2069") == "〔U+2066〕a〔U+2069〕"
