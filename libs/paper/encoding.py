"""The text of a CSV: UTF-8, or GBK/GB18030 with a note. What was written in another encoding is refused: its words would be wrong ones."""

from __future__ import annotations

import csv
import io
from functools import cache
from typing import Final

from libs.paper.faults import BadTable

MARK: Final = b"\xef\xbb\xbf"
LEVELS: Final = (("gb2312", 0xD7), ("big5", 0xC6))
"""The two standards' own levels of common characters (一级汉字, 常用字): up to which first byte."""
FREQUENT: Final = frozenset(
    "区區局审審批行政业業人证證案级級设設社运運务務备備可营營许許建保经經县縣输輸更税變变资資公安工机機通办辦发發记記交广廣生登申請请用和理品使"
    "物医醫的企分农農补補销銷动動险險注源体體单單学學合位路定民查规規项項目信地教报報所核划劃场場产產息收司施水土食药藥管事名称稱编編码碼部门門"
)
"""Characters that lists of items are full of, in both scripts: they decide where a text is as common in both encodings."""
NOTE: Final = "文件是 GBK/GB18030 编码，已按此读取；请核对生僻字，建议另存为 UTF-8"


def text_of(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The text, and what a clerk should know of it. Raises `BadTable`."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadTable("encoding", "文件是 UTF-16（Unicode 文本）编码，请另存为 UTF-8 的 CSV")
    if b"\x00" in data:
        raise BadTable("binary", "这个文件既不是 CSV，也不是 XLSX")
    try:
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        if _was_utf8(data):
            raise _broken(data, error, "有残缺的 UTF-8 文字，文件可能被截断或改坏") from None
    if _is_big5(data):
        raise BadTable("encoding", "文件像是 Big5（繁体）编码，按 GBK 读会全是错字；请另存为 UTF-8 的 CSV")
    try:
        return data.decode("gb18030"), (NOTE,)
    except UnicodeDecodeError as error:
        raise _broken(data, error, "的文字既不是 UTF-8 也不是 GBK 编码，请另存为 UTF-8 的 CSV") from None


def _was_utf8(data: bytes) -> bool:
    """Whether broken UTF-8 is meant: read as GBK it would mostly decode, and every word would be a wrong one."""
    loose = data.decode("utf-8", "replace")
    broken = loose.count("\ufffd")
    return data.startswith(MARK) or sum(c >= "\u0800" for c in loose) - broken > broken


def _is_big5(data: bytes) -> bool:
    """Whether more characters are common ones, or as many and more of them frequent ones, when the bytes are read as Big5 and not as GBK.

    Libraries that tell encodings by statistics are wrong about every tenth list of three rows.
    """
    return _likely(data.decode("big5hkscs", "replace")) > _likely(data.decode("gb18030", "replace"))


def _likely(text: str) -> tuple[float, int]:
    signs = [c for c in text if not c.isascii()]
    return sum(map(_common, signs)) / max(1, len(signs)), sum(c in FREQUENT for c in signs)


@cache
def _common(sign: str) -> bool:
    return any(_within(sign, encoding, last) for encoding, last in LEVELS)


def _within(sign: str, encoding: str, last: int) -> bool:
    try:
        return sign.encode(encoding)[0] <= last
    except UnicodeEncodeError:
        return False


def _broken(data: bytes, error: UnicodeDecodeError, because: str) -> BadTable:
    row = _row(data[: error.start].decode(error.encoding, "replace"))
    return BadTable("encoding", f"第 {row} 行{because}", row)


def _row(before: str) -> int:
    """In which row of the table the text breaks off: a quoted line break ends none."""
    return sum(1 for _ in csv.reader(io.StringIO(before + "·", newline="")))
