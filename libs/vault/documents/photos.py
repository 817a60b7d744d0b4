"""Photos without what a camera writes beside the picture: where and when it was taken, with what, and previews of what was cut away.

The picture is written anew: what stood behind or between is gone, too. How it is to be turned stays.
"""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin

from libs.vault.documents.content import JPEG, PNG
from libs.vault.documents.kept import NotTaken

MOST_PIXELS: Final = 50_000_000
"""50 megapixels: what the cameras of phones make; 150 MB while it is open."""
ORIENTATION: Final = 0x0112
_TURNED: Final = range(2, 9)
_FORMATS: Final = {JPEG: "JPEG", PNG: "PNG"}
_BROKEN: Final = (OSError, SyntaxError, ValueError, struct.error, LookupError, TypeError, ArithmeticError, EOFError)
"""What the library raises for files that are not as they should be."""


def stripped(data: bytes, kind: str) -> bytes:
    """The picture alone, as large and as good as it was. Blocks, and takes the memory of its pixels. Raises `NotTaken`."""
    try:
        with Image.open(BytesIO(data), formats=[_FORMATS[kind]]) as image:
            return _written(image, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotTaken("unpacks-too-large") from None
    except _BROKEN:
        raise NotTaken("spoilt-file") from None


def _written(image: ImageFile.ImageFile, kind: str) -> bytes:
    if image.width * image.height > MOST_PIXELS:
        raise NotTaken("unpacks-too-large")
    kept: dict[str, Any] = {"exif": _orientation(image), "icc_profile": None}
    image.load()
    out = BytesIO()
    if kind == JPEG:
        image.save(out, "JPEG", **kept, **_as_it_was(image), comment=b"", xmp=b"")
    elif isinstance(image, PngImagePlugin.PngImageFile) and image.is_animated:
        raise NotTaken("type-not-taken")
    else:
        image.save(out, "PNG", **kept)
    return out.getvalue()


def _as_it_was(image: ImageFile.ImageFile) -> dict[str, Any]:
    """What `quality="keep"` says, which the library takes for pictures of one frame alone: phones write several into one file."""
    assert isinstance(image, JpegImagePlugin.JpegImageFile)
    found = {"qtables": image.quantization, "subsampling": JpegImagePlugin.get_sampling(image)}
    return {**found, "progressive": "progressive" in image.info}


def _orientation(image: Image.Image) -> bytes:
    """EXIF that says how the picture is to be turned and nothing else; none where it is not, and where what stood there cannot be read."""
    try:
        turned = image.getexif().get(ORIENTATION)
    except _BROKEN:
        return b""
    if turned not in _TURNED:
        return b""
    only = Image.Exif()
    only[ORIENTATION] = turned
    return only.tobytes()
