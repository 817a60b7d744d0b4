"""Files as people send them, and as people who mean harm do; made here, of nobody."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image, PngImagePlugin

GPS: Final = 0x8825
MAKER: Final = "Phone of Li"
PLACE: Final = b"28.4358N104.5150E"
"""A mark that stands for where it was taken, in every place where cameras and programs write."""
PDF_FILE: Final = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
EICAR: Final = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def picture(width: int = 64, height: int = 48) -> Image.Image:
    """A picture that shows which way it is turned."""
    image = Image.new("RGB", (width, height), (250, 250, 250))
    image.paste((200, 30, 30), (0, 0, width // 2, height // 2))
    return image


def exif(orientation: int = 6) -> Image.Exif:
    """What a phone writes: maker, place, how it was held."""
    found = Image.Exif()
    found[0x0112] = orientation
    found[0x010F] = MAKER
    found[0x010E] = PLACE.decode()
    found.get_ifd(GPS).update({1: "N", 2: (28.0, 26.0, 8.9), 3: "E", 4: (104.0, 30.0, 54.0), 29: "2007:03:05"})
    return found


def jpeg(orientation: int = 6, **more: Any) -> bytes:
    """A photo with its place in EXIF, XMP, IPTC, a comment, a profile, and behind its end."""
    out = BytesIO()
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack("!L", len(PLACE) + 5) + b"\x1c\x02\x5a\0" + bytes([len(PLACE)]) + PLACE
    said = {"exif": exif(orientation), "xmp": b"<x:xmpmeta>" + PLACE + b"</x:xmpmeta>", "comment": PLACE, "icc_profile": PLACE * 9}
    picture().save(out, "JPEG", **{"quality": 83, **said, **more})
    data = out.getvalue()
    segment = b"\xff\xed" + struct.pack("!H", len(iptc) + 2) + iptc
    return data[:2] + segment + data[2:] + PLACE


def png(orientation: int = 6) -> bytes:
    """A picture with its place in eXIf, tEXt, zTXt, iTXt, a profile, and behind its end."""
    info, out = PngImagePlugin.PngInfo(), BytesIO()
    info.add_text("Location", PLACE.decode())
    info.add_text("Comment", PLACE.decode(), zip=True)
    info.add_itxt("XML:com.adobe.xmp", PLACE.decode())
    picture().save(out, "PNG", exif=exif(orientation), pnginfo=info, icc_profile=PLACE)
    return out.getvalue() + PLACE


def packed(members: Mapping[str, bytes], *, comment: bytes = b"", way: int = ZIP_DEFLATED) -> bytes:
    """A packed file of these members."""
    out = BytesIO()
    with ZipFile(out, "w", way) as file:
        file.comment = comment
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


OFD_FILE: Final = packed({"OFD.xml": b"<ofd:OFD/>", "Doc_0/Document.xml": b"<ofd:Document/>"})


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that say they are this large."""
    return b"\x89PNG\r\n\x1a\n" + _part(b"IHDR", struct.pack("!LLBBBBB", width, height, 8, 2, 0, 0, 0)) + _part(
        b"IDAT", zlib.compress(bytes(1000))
    ) + _part(b"IEND", b"")  # fmt: skip


def _part(kind: bytes, data: bytes) -> bytes:
    return struct.pack("!L", len(data)) + kind + data + struct.pack("!L", zlib.crc32(kind + data))
