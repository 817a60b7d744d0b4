"""Files as they come: good ones become tables, bad ones one clear error."""

from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from libs.paper import BadTable, read_table

HEAD = "编码,名称\n"


def xlsx(*rows: tuple[object, ...]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    return out.getvalue()


def test_a_csv_with_or_without_mark_quotes_and_line_breaks() -> None:
    text = HEAD + '511A,"食品, 经营"\n\n511B,"两\n行"\n511C,尾\n'
    for data in (text.encode(), text.encode("utf-8-sig"), text.replace("\n", "\r\n").encode()):
        table = read_table(data, ["编码"])
        assert [number for number, _ in table.rows] == [2, 4, 6]
        assert table.rows[0][1] == {"编码": "511A", "名称": "食品, 经营"}


def test_a_spreadsheet_says_the_same_as_its_csv() -> None:
    table = read_table(xlsx(("编码", "名称"), ("511A", "食品"), (7, "七"), ("", ""), ("511C", None)), ["编码"])
    assert table.rows == ((2, {"编码": "511A", "名称": "食品"}), (3, {"编码": "7", "名称": "七"}), (5, {"编码": "511C", "名称": ""}))


def test_gbk_is_read_and_told() -> None:
    table = read_table((HEAD + "511A,食品经营许可\n").encode("gbk"), ["编码"])
    assert table.rows[0][1]["名称"] == "食品经营许可"
    assert "GBK" in table.note


@pytest.mark.parametrize(
    ("data", "code", "row"),
    [
        (b"", "empty", None),
        (b" \n\n", "empty", None),
        (HEAD.encode(), "empty", 1),
        ("编号,名称\n1,2\n".encode(), "missing-column", 1),
        ("编码,编码\n1,2\n".encode(), "duplicate-column", 1),
        ((HEAD + "1,2,3\n").encode(), "ragged", 2),
        ((HEAD + '1,"2\n3,4\n').encode(), "broken-row", 2),
        ((HEAD + "1," + "字" * 10_001 + "\n").encode(), "long-cell", 2),
        (b"\x00\x01\x02", "binary", None),
        ("编码,名称\n".encode() + b"1,\xff\xff\xff\n", "encoding", 2),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old-excel", None),
        (b"PK\x03\x04rest", "broken-file", None),
        (xlsx(("编码", "名称"), ("1", "2"))[:400], "broken-file", None),
        (xlsx(), "missing-column", None),
    ],
)
def test_a_bad_file_is_told_clearly(data: bytes, code: str, row: int | None) -> None:
    with pytest.raises(BadTable) as bad:
        read_table(data, ["编码"])
    assert (bad.value.code, bad.value.row) == (code, row)
    assert bad.value.because


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (201 * 1024 * 1024))
    with pytest.raises(BadTable) as bad:
        read_table(out.getvalue(), ["编码"])
    assert bad.value.code == "too-large"


def test_more_rows_than_allowed() -> None:
    with pytest.raises(BadTable) as bad:
        read_table((HEAD + "1,2\n" * 11).encode(), ["编码"], max_rows=10)
    assert (bad.value.code, bad.value.row) == ("too-many-rows", 12)


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda b: b"PK\x03\x04" + b))
def test_any_bytes_are_a_table_or_one_error(data: bytes) -> None:
    with pytest.raises(BadTable):
        read_table(data, ["编码"])


@given(st.integers(0, 5000), st.binary(min_size=1, max_size=4))
def test_a_damaged_spreadsheet_is_a_table_or_one_error(at: int, patch: bytes) -> None:
    whole = xlsx(("编码", "名称"), ("1", "2"))
    data = whole[: at % len(whole)] + patch + whole[at % len(whole) + len(patch) :]
    try:
        read_table(data, ["编码"])
    except BadTable as bad:
        assert bad.because  # noqa: PT017 (either is right)
