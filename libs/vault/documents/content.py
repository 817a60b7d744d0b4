"""What a file is, by what is in it: its name and what is said of it count for nothing. Nothing is ever run or unpacked to a disk."""

from __future__ import annotations

import zlib
from io import BytesIO
from typing import Final
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, is_zipfile

import puremagic

from libs.vault.documents.kept import MIB, NotTaken

PDF, JPEG, PNG, OFD = "application/pdf", "image/jpeg", "image/png", "application/ofd"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ENDINGS: Final = {PDF: "pdf", JPEG: "jpg", PNG: "png", OFD: "ofd", DOCX: "docx", XLSX: "xlsx"}
"""The types that are taken, and how the name of such a file ends."""
_MADE_OF: Final = {"OFD.xml": OFD, "word/document.xml": DOCX, "xl/workbook.xml": XLSX}
"""By which member a packed document is known."""
_ACTIVE: Final = ("vbaproject.bin", ".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".ps1", ".sh", ".jar", ".html", ".htm", ".svg", ".zip")
"""How names of members end that have no place in a document."""
_MARKUP: Final = (b"<!doctype", b"<html", b"<script", b"<svg")
_HEAD: Final = 1024
"""Bytes at the beginning in which other programs look for what a file might be."""
_WAYS: Final = frozenset({ZIP_STORED, ZIP_DEFLATED})
"""How members of such documents are packed. The library reads more ways, each with faults and with needs of memory of its own."""
MOST_MEMBERS: Final = 2000
MOST_UNPACKED: Final = 200 * MIB
_STEP: Final = 256 * 1024
_ENCRYPTED: Final = 0x1


def checked_type(data: bytes, said: str) -> str:
    """The type of the file. Blocks. Raises `NotTaken` for one that is not taken, is not what it is `said` to be, or is damaged."""
    found = _type_of(data)
    if found != said:
        raise NotTaken("other-type")
    return found


def _type_of(data: bytes) -> str:
    try:
        seen = {match.mime_type for match in puremagic.magic_string(data)}
    except (puremagic.PureError, ValueError):
        raise NotTaken("type-not-taken") from None
    if data.startswith(b"PK\x03\x04"):
        return _packed(data)
    if PDF in seen and data.startswith(b"%PDF-"):
        return _pdf(data)
    if (image := next((kind for kind in (JPEG, PNG) if kind in seen), None)) is not None:
        return image
    raise NotTaken("type-not-taken")


def _pdf(data: bytes) -> str:
    if b"%%EOF" not in data[-2 * _HEAD :]:
        raise NotTaken("spoilt-file")
    if is_zipfile(BytesIO(data)) or _has_markup(data):
        raise NotTaken("type-not-taken")
    return PDF


def _has_markup(data: bytes) -> bool:
    head = data[:_HEAD].lower()
    return any(mark in head for mark in _MARKUP)


def _packed(data: bytes) -> str:
    """The type of a packed document, every member of it read to its end."""
    try:
        with ZipFile(BytesIO(data)) as packed:
            return _read_through(packed, data)
    except (BadZipFile, LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error):
        raise NotTaken("spoilt-file") from None


def _read_through(packed: ZipFile, data: bytes) -> str:
    members = packed.infolist()
    found = {kind for name, kind in _MADE_OF.items() if name in packed.namelist()}
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > MOST_UNPACKED:
        raise NotTaken("unpacks-too-large")
    if len(found) != 1 or packed.comment or b"%PDF-" in data[:_HEAD] or _has_markup(data):
        raise NotTaken("type-not-taken")
    for member in members:
        if not _belongs(member.filename) or member.flag_bits & _ENCRYPTED or member.compress_type not in _WAYS:
            raise NotTaken("type-not-taken")
        with packed.open(member) as file:
            while file.read(_STEP):
                pass
    return found.pop()


def _belongs(name: str) -> bool:
    """Whether a member may stand in a document: within it, and nothing that runs."""
    parts = name.replace("\\", "/").split("/")
    return ".." not in parts and ":" not in name and bool(parts[0]) and not name.lower().endswith(_ACTIVE)
