"""What a file is, whatever it is called and said to be; what means harm, as far as it can be seen."""

from __future__ import annotations

from zipfile import ZIP_BZIP2, ZIP_LZMA

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.testkit.papers import OFD_FILE, PDF_FILE, jpeg, packed, png
from libs.vault.documents import DOCX, JPEG, OFD, PDF, PNG, XLSX, NotTaken, checked_type, stripped
from libs.vault.documents.content import MOST_MEMBERS

DOCX_FILE = packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})
GOOD = {PDF: PDF_FILE, JPEG: jpeg(), PNG: png(), OFD: OFD_FILE, DOCX: DOCX_FILE, XLSX: packed({"xl/workbook.xml": b"<workbook/>"})}


def why(data: bytes, said: str = PDF) -> str:
    with pytest.raises(NotTaken) as no:
        checked_type(data, said)
    return no.value.why


@pytest.mark.parametrize("kind", GOOD)
def test_what_people_send_is_known_by_what_is_in_it(kind: str) -> None:
    assert checked_type(GOOD[kind], kind) == kind
    for other in GOOD.keys() - {kind}:
        assert why(GOOD[kind], other) == "other-type"


@pytest.mark.parametrize(
    "data",
    [
        b"<!DOCTYPE html><html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"MZ" + bytes(300),
        b"\x7fELF\x02\x01\x01" + bytes(100),
        b"#!/bin/sh\nrm -rf /\n",
        b"GIF89a" + bytes(50),
        "一段文字".encode(),
        b"",
        b"\0" * 5000,
        packed({"a.txt": b"x"}),
        packed({}),
    ],
    ids=["html", "svg", "exe", "elf", "script", "gif", "text", "nothing", "zeros", "zip", "empty zip"],
)
def test_what_is_no_paper_and_no_picture_is_not_taken(data: bytes) -> None:
    assert why(data) in ("type-not-taken", "spoilt-file")
    assert why(data, OFD) in ("type-not-taken", "spoilt-file")


@pytest.mark.parametrize(
    "data",
    [
        PDF_FILE[:9] + b"<html><script>alert(1)</script>\n" + PDF_FILE[9:],
        PDF_FILE + OFD_FILE + b"",
        PDF_FILE[:-6] + packed({"run.class": b"x"}, comment=b"%%EOF\n"),
    ],
    ids=["html within", "packed behind", "jar with a PDF's end"],
)
def test_a_pdf_that_is_something_else_too_is_not_taken(data: bytes) -> None:
    assert why(data + (b"" if data.endswith(b"%%EOF\n") else b"%%EOF")) == "type-not-taken"


@pytest.mark.parametrize(
    "members",
    [
        {"word/vbaProject.bin": b"macro"},
        {"../../etc/passwd": b"x"},
        {"/etc/passwd": b"x"},
        {"..\\..\\a.txt": b"x"},
        {"c:\\a.txt": b"x"},
        {"setup.EXE": b"MZ"},
        {"page.html": b"<script>"},
        {"inner.zip": packed({"a": b"x"})},
        {"word/document.xml": b"<w/>"},
    ],
    ids=lambda members: next(iter(members)),
)
def test_members_that_have_no_place_in_a_document(members: dict[str, bytes]) -> None:
    assert why(packed({"OFD.xml": b"<ofd/>", **members}), OFD) == "type-not-taken"


def test_a_packed_file_that_is_something_else_too_is_not_taken() -> None:
    assert why(packed({"OFD.xml": b"<ofd/>"}, comment=b"<html>"), OFD) == "type-not-taken"
    assert why(packed({"%PDF-1.4": b"x", "OFD.xml": b"<ofd/>"}), OFD) == "type-not-taken"


def test_what_unpacks_to_more_than_a_document_can_be_is_not_unpacked() -> None:
    bomb = packed({"OFD.xml": b"<ofd/>", **{f"{n}.xml": bytes(10_000_000) for n in range(21)}})
    assert len(bomb) < 300_000
    assert why(bomb, OFD) == "unpacks-too-large"
    assert why(packed({"OFD.xml": b"<ofd/>", **{f"{n}": b"" for n in range(MOST_MEMBERS)}}), OFD) == "unpacks-too-large"


@pytest.mark.parametrize("way", [ZIP_BZIP2, ZIP_LZMA])
def test_what_is_packed_as_no_office_does_it_is_not_unpacked(way: int) -> None:
    whole = packed({"OFD.xml": b"<ofd/>" * 500}, way=way)
    damaged = bytearray(whole)
    damaged[60:70] = b"\xff" * 10
    assert [why(bytes(data), OFD) for data in (whole, damaged)] == ["type-not-taken"] * 2


def test_a_directory_that_lies_about_sizes_is_found_out() -> None:
    data = bytearray(packed({"OFD.xml": b"<ofd/>" + bytes(5000)}))
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    assert why(bytes(data), OFD) == "spoilt-file"


@pytest.mark.parametrize("kind", GOOD)
def test_half_a_file_is_no_file(kind: str) -> None:
    half = GOOD[kind][: len(GOOD[kind]) // 2]
    with pytest.raises(NotTaken):
        stripped(half, checked_type(half, kind)) if kind in (JPEG, PNG) else checked_type(half, kind)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@settings(max_examples=300, deadline=None)
@given(kind=st.sampled_from(sorted(GOOD)), where=st.floats(0, 1), put=st.binary(min_size=1, max_size=8), cut=st.booleans())
def test_a_damaged_file_is_taken_or_refused_and_never_a_fault(kind: str, where: float, put: bytes, cut: bool) -> None:
    data = GOOD[kind]
    at = int(where * len(data))
    damaged = data[:at] + put + data[at + (len(put) if cut else 0) :]
    assert outcome(damaged, kind) in (kind, "type-not-taken", "other-type", "spoilt-file", "unpacks-too-large")


def outcome(data: bytes, kind: str) -> str:
    """The type of what would be kept, or why nothing is."""
    try:
        found = checked_type(data, kind)
        return found if kind not in (JPEG, PNG) or stripped(data, kind) else "nothing is left"
    except NotTaken as no:
        return no.why
