"""Whatever bytes a file has, it is read as a log or refused in one sentence; so is a map."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.onebox import LogMap, NotALog, ReadLog, read_log, read_map
from services.onebox.log_map import MAPS, NotAMap

NOW: Final = datetime(2026, 11, 27, tzinfo=UTC)
MAP: Final = LogMap.model_validate(
    {
        "name": "log",
        "file": {"time_zone": "Europe/Rome"},
        "columns": {"case": "c", "activity": "a", "officer": "o", "instant": "t", "ended": "e", "promised": "p"},
        "activities": {"*": "step"},
        "limits": {"optional": True},
    }
)
LOG: Final = b'c,a,o,e,p,t\r\n1,"x ""y""",anna,,2005-03-04,2005-03-01T10:00:00Z\r\n2,"z",,2005-03-02 10:00,,2005-03-01T10:00:00Z\r\n'
PIECES: Final = [
    b"",
    b'"',
    b",",
    b"\n",
    b"\r",
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xe2\x80\x8b",
    b"0001-01-01T00:00:00+14:00",
    b"9999-12-31",
    b"+",
    b" ",
]


def read(path: Path, data: bytes) -> ReadLog | str:
    path.write_bytes(data)
    try:
        return read_log(path, MAP, "log", NOW)
    except NotALog as no:
        return str(no)


def said(path: Path) -> LogMap | str:
    try:
        return read_map(path)
    except NotAMap as no:
        return str(no)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, len(LOG)), st.integers(0, 30), st.sampled_from(PIECES) | st.binary(max_size=4)), min_size=1, max_size=4
    )
)
def test_a_log_with_anything_in_it_is_read_or_told_in_one_sentence(tmp_path: Path, changes: list[tuple[int, int, bytes]]) -> None:
    data = LOG
    for at, width, piece in changes:
        data = data[:at] + piece + data[at + width :]
    found = read(tmp_path / "log.csv", data)
    assert isinstance(found, ReadLog) or (found.startswith("log.csv ") and len(found.splitlines()) == 1)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 700), st.integers(0, 30), st.sampled_from([*PIECES, b"[", b"]", b"=", b"''", b"1e9", b"[[a]]"]))
def test_a_map_with_anything_in_it_is_read_or_told_in_one_sentence(tmp_path: Path, at: int, width: int, piece: bytes) -> None:
    data = (MAPS / "receipt.toml").read_bytes()
    (tmp_path / "map.toml").write_bytes(data[:at] + piece + data[at + width :])
    found = said(tmp_path / "map.toml")
    assert isinstance(found, LogMap) or (found.startswith(f"{tmp_path}/map.toml") and len(found.splitlines()) == 1)


@pytest.mark.parametrize("end", range(LOG.index(b"2,"), len(LOG)))
def test_a_log_that_was_cut_anywhere_is_not_taken_for_another(tmp_path: Path, end: int) -> None:
    """What is left is told, or says of its cases what the whole says; of a first line nobody can say how the others are written."""
    whole = read(tmp_path / "whole.csv", LOG)
    found = read(tmp_path / "log.csv", LOG[:end])
    assert isinstance(whole, ReadLog)
    if isinstance(found, ReadLog):
        assert [case.model_dump() for case in found.cases] == [case.model_dump() for case in whole.cases[: len(found.cases)]]
    else:
        assert found.startswith("log.csv ")


def test_a_record_of_many_lines_is_told_by_the_line_where_it_begins(tmp_path: Path) -> None:
    assert read(tmp_path / "log.csv", LOG.replace(b'"z"', b'"two\nlines"')) == (
        "log.csv 第 3 行，「a」：「two□lines」格式不对（最多 500 字，不含控制字符）"
    )


def test_an_old_macs_line_breaks_and_an_endless_file(tmp_path: Path) -> None:
    assert isinstance(read(tmp_path / "log.csv", LOG.replace(b"\r\n", b"\r")), ReadLog)
    with pytest.raises(NotALog, match="zero 太大"):
        read_log(Path("/dev/zero"), MAP, "log", NOW)


def test_a_cell_that_never_ends_is_told(tmp_path: Path) -> None:
    said = read(tmp_path / "log.csv", LOG + b"3,a,b," + b"9" * 200_000 + b",,\n")
    assert said == "log.csv 第 4 行，「e」：这一格太长"


def test_a_header_of_many_lines_is_told_in_one(tmp_path: Path) -> None:
    said = read(tmp_path / "log.csv", LOG.replace(b"c,a,o", b'"c\nd",a,o'))
    assert said == "log.csv 第 1 行，「c」：表头没有这一列"
    assert read(tmp_path / "log.csv", LOG.replace(b",t\r\n", b',t,"u\nv"\r\n')) == (
        "log.csv 第 3 行，「u□v」：缺少这一格：这一行只有 6 格，表头有 7 格"
    )
