"""Files as they come: good ones become tables, bad ones one clear error."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st

from libs.paper import BadTable, read_table
from libs.testkit.books import Page, book, rewritten

HEAD = "编码,名称\n"


def xlsx(*rows: tuple[object, ...]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for n, row in enumerate(rows):
            sheet.write_row(n, 0, row)
    return out.getvalue()


def cells_at(*places: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("编码", "名称"))
        for row, column in places:
            sheet.write(row, column, "x")
    return out.getvalue()


def one_long_text_many_times() -> bytes:
    def change(name: str, part: bytes) -> bytes:
        if name.endswith("sharedStrings.xml"):
            return part.replace(b"LONG", b"L" * 1_000_000)
        if not name.endswith("sheet1.xml"):
            return part
        rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>2</v></c></row>' % (n, n) for n in range(3, 20_000))
        return part.replace(b"</sheetData>", rows + b"</sheetData>")

    return rewritten(xlsx(("编码", "名称"), ("LONG", "b")), change)


def test_a_csv_with_or_without_mark_quotes_and_line_breaks() -> None:
    text = HEAD + '511A,"食品, 经营"\n\n511B,"两\n行"\n511C,尾\n'
    for data in (text.encode(), text.encode("utf-8-sig"), text.replace("\n", "\r\n").encode()):
        table = read_table(data, ["编码"])
        assert [number for number, _ in table.rows] == [2, 4, 5]
        assert table.rows[0][1] == {"编码": "511A", "名称": "食品, 经营"}


def test_a_spreadsheet_says_the_same_as_its_csv() -> None:
    table = read_table(xlsx(("编码", "名称"), ("511A", "食品"), (7, "七"), ("", ""), ("511C", None)), ["编码"])
    assert table.rows == ((2, {"编码": "511A", "名称": "食品"}), (3, {"编码": "7", "名称": "七"}), (5, {"编码": "511C", "名称": ""}))


def test_gbk_is_read_and_told() -> None:
    table = read_table((HEAD + "511A,食品经营许可\n").encode("gbk"), ["编码"])
    assert table.rows[0][1]["名称"] == "食品经营许可"
    assert ["GBK" in note for note in table.notes] == [True]


@given(st.text(st.sampled_from("许可登记申请食品药品经营变更办理建设工程規劃鎔"), min_size=8))
def test_gbk_is_never_taken_for_damaged_utf_8(words: str) -> None:
    table = read_table((HEAD + f"511A,{words}\n").encode("gbk"), ["编码"])
    assert table.rows[0][1]["名称"] == words


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("damage", [lambda b: b[:-3], lambda b: b.replace("药".encode(), b"\xe8A\xaf"), lambda b: b + b"\xff"])
def test_damaged_utf_8_is_never_read_as_gbk(mark: bytes, damage: Callable[[bytes], bytes]) -> None:
    """Even bytes of UTF-8 mostly decode as GBK: every word would be a wrong one."""
    data = mark + "full_item_code,name\nA1,食品经营许可登记\nA2,药品经营许可变更\n".encode()
    with pytest.raises(BadTable) as bad:
        read_table(damage(data), ["full_item_code"])
    assert bad.value.code == "encoding"
    assert bad.value.row in (3, 4)


def test_a_code_kept_as_a_number_is_shown_as_lost() -> None:
    table = read_table(xlsx(("编码", "名称"), (115113010833722043, True), (511602000000, 1.5)), ["编码"])
    assert [row for _, row in table.rows] == [{"编码": "1.15113010833722E+17", "名称": "TRUE"}, {"编码": "511602000000", "名称": "1.5"}]


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
        ((HEAD + "1,2\n").encode("utf-16"), "encoding", None),
        (cells_at((1_048_575, 16_383)), "too-large", None),
        (one_long_text_many_times(), "too-large", None),
    ],
)
def test_a_bad_file_is_told_clearly(data: bytes, code: str, row: int | None) -> None:
    with pytest.raises(BadTable) as bad:
        read_table(data, ["编码"])
    assert (bad.value.code, bad.value.row) == (code, row)
    assert bad.value.because


def test_a_sheet_of_one_far_cell_is_read() -> None:
    assert read_table(cells_at((200_000, 1)), ["编码"]).rows == ((200_001, {"编码": "", "名称": "x"}),)


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


@settings(deadline=None)
@given(st.binary(max_size=400))
@example(b"\xef\xbb\xbf")
def test_any_bytes_are_a_table_or_one_error(data: bytes) -> None:
    with pytest.raises(BadTable):
        read_table(data, ["编码"])


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=200))
def test_any_archive_is_a_table_or_one_error(data: bytes) -> None:
    with pytest.raises(BadTable):
        read_table(b"PK\x03\x04" + data, ["编码"])


WHOLE = xlsx(("编码", "名称"), ("1", "2"))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, len(WHOLE)), st.binary(min_size=1, max_size=4))
def test_a_damaged_spreadsheet_is_a_table_or_one_error(at: int, patch: bytes) -> None:
    try:
        read_table(WHOLE[:at] + patch + WHOLE[at + len(patch) :], ["编码"])
    except BadTable as bad:
        assert bad.because  # noqa: PT017 (either is right)


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["sheet1.xml", "sharedStrings.xml", "workbook.xml", "styles.xml"]),
    st.integers(0, 600),
    st.binary(min_size=1, max_size=6),
)
def test_a_spreadsheet_of_damaged_parts_is_a_table_or_one_error(part: str, at: int, patch: bytes) -> None:
    """The archive is whole, its checksums right: what the XML says is not."""
    data = rewritten(WHOLE, lambda name, b: b[:at] + patch + b[at + len(patch) :] if name.endswith(part) else b)
    try:
        read_table(data, ["编码"])
    except BadTable as bad:
        assert bad.because  # noqa: PT017 (either is right)


def test_the_row_of_damaged_text_is_the_row_a_spreadsheet_shows() -> None:
    data = HEAD.encode() + '1,"两\n\n行"\n\n2,'.encode() + "药".encode()[:2] + b",\n"
    with pytest.raises(BadTable) as bad:
        read_table(data, ["编码"])
    assert (bad.value.code, bad.value.row, "第 4 行" in bad.value.because) == ("encoding", 4, True)


@pytest.mark.parametrize("format_", ["ods", "xlsb"])
def test_other_workbooks_than_xlsx_are_refused(format_: str) -> None:
    """Their errors and merged cells cannot be told from empty cells."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        part = ("mimetype", "application/vnd.oasis.opendocument.spreadsheet") if format_ == "ods" else ("xl/workbook.bin", "x")
        archive.writestr(*part)
    with pytest.raises(BadTable, match="xlsx") as bad:
        read_table(out.getvalue(), ["编码"])
    assert bad.value.code == "other-format"


def merged(ranges: bytes, rows: int = 3) -> bytes:
    def change(name: str, part: bytes) -> bytes:
        return (
            part.replace(b"</sheetData>", b"</sheetData><mergeCells>" + ranges + b"</mergeCells>") if name.endswith("sheet1.xml") else part
        )

    return rewritten(book(Page("表", [("编码", "名称"), ("1", "部"), *(("2", ""),) * rows])), change)


def test_a_merged_cell_of_a_million_rows_fills_the_rows_there_are() -> None:
    table = read_table(merged(b'<mergeCell ref="B2:B1048576"/>'), ["编码", "名称"])
    assert [cells["名称"] for _, cells in table.rows] == ["部"] * 4


def test_merged_cells_over_each_other_are_gone_through_once() -> None:
    ranges = b"".join(b'<mergeCell ref="B%d:B1048576"/>' % n for n in range(2, 50_002))
    table = read_table(merged(ranges, rows=20_000), ["编码", "名称"])
    assert len(table.rows) == 20_001


def test_more_merged_cells_than_anybody_needs_are_refused() -> None:
    ranges = b"".join(b'<mergeCell ref="B%d:B%d"/>' % (n, n + 1) for n in range(2, 600_002, 2))
    with pytest.raises(BadTable) as bad:
        read_table(merged(ranges), ["编码", "名称"])
    assert bad.value.code == "too-large"


def test_rows_below_a_title_are_counted_to_the_last() -> None:
    rows = [("清单", ""), ("编码", "名称"), *(("1", "x"),) * 11]
    with pytest.raises(BadTable) as bad:
        read_table(book(Page("表", rows)), ["编码"], max_rows=10)
    assert (bad.value.code, bad.value.row) == ("too-many-rows", 13)
