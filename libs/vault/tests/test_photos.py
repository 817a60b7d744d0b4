"""Photos lose where and when they were taken, and with what; they keep how they are turned, and how good they are."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageChops, ImageOps, ImageStat, JpegImagePlugin

from libs.testkit.papers import GPS, MAKER, PLACE, exif, huge_png, jpeg, picture, png
from libs.vault.documents import JPEG, MOST_PIXELS, PNG, NotTaken, stripped

PHOTOS = {JPEG: jpeg, PNG: png}


def shown(data: bytes) -> Image.Image:
    """As whoever looks at it sees it."""
    with Image.open(BytesIO(data)) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


@pytest.mark.parametrize("kind", PHOTOS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_nothing_stays_but_the_picture_and_how_it_is_turned(kind: str, orientation: int) -> None:
    sent = PHOTOS[kind](orientation)
    with Image.open(BytesIO(sent)) as image:
        assert image.getexif().get_ifd(GPS)
        assert image.getexif()[0x010F] == MAKER
    kept = stripped(sent, kind)
    assert PLACE in sent
    assert PLACE not in kept
    with Image.open(BytesIO(kept)) as image:
        assert dict(image.getexif()) == ({0x0112: orientation} if orientation > 1 else {})
        assert not image.getexif().get_ifd(GPS)
        assert not image.info.keys() & {"comment", "xmp", "icc_profile", "photoshop", "Location", "Comment", "XML:com.adobe.xmp"}
    assert (
        ImageChops.difference(shown(sent), shown(kept)).getextrema() == ((0, 0),) * 3
        if kind == PNG
        else shown(sent).size == shown(kept).size
    )


@pytest.mark.parametrize(("quality", "subsampling"), [(30, "4:2:0"), (83, "4:2:2"), (98, "4:4:4")])
def test_a_photo_stays_as_good_as_it_was(quality: int, subsampling: str) -> None:
    sent = jpeg(quality=quality, subsampling=subsampling)
    kept = stripped(sent, JPEG)
    with Image.open(BytesIO(sent)) as before, Image.open(BytesIO(kept)) as after:
        assert isinstance(before, JpegImagePlugin.JpegImageFile)
        assert isinstance(after, JpegImagePlugin.JpegImageFile)
        assert after.quantization == before.quantization
        assert JpegImagePlugin.get_sampling(after) == JpegImagePlugin.get_sampling(before)
        off = ImageStat.Stat(ImageChops.difference(before.convert("RGB"), after.convert("RGB"))).mean
    assert max(off) < 1.0


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_grey_and_printed_photos_keep_their_colours(mode: str) -> None:
    out = BytesIO()
    picture().convert(mode).save(out, "JPEG", exif=exif())
    with Image.open(BytesIO(stripped(out.getvalue(), JPEG))) as image:
        assert (image.mode, image.size) == (mode, (64, 48))


def test_of_several_pictures_in_one_file_the_first_stays() -> None:
    out = BytesIO()
    picture().save(out, "MPO", save_all=True, append_images=[picture(32, 32)], exif=exif())
    kept = stripped(out.getvalue(), JPEG)
    with Image.open(BytesIO(kept)) as image:
        assert (image.format, image.size) == ("JPEG", (64, 48))
        assert not image.getexif().get_ifd(GPS)


def test_a_moving_picture_is_none() -> None:
    out = BytesIO()
    picture().save(out, "PNG", save_all=True, append_images=[picture().rotate(90)])
    with pytest.raises(NotTaken, match="type-not-taken"):
        stripped(out.getvalue(), PNG)


@pytest.mark.parametrize(("width", "height"), [(10_000, 5_001), (60_000, 60_000), (2**31 - 1, 1), (1, MOST_PIXELS + 1)])
def test_a_picture_that_says_it_is_huge_is_not_opened(width: int, height: int) -> None:
    with pytest.raises(NotTaken, match="unpacks-too-large"):
        stripped(huge_png(width, height), PNG)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_place_that_cannot_be_read_is_gone_with_all_else() -> None:
    sent = bytearray(jpeg())
    start = sent.index(b"Exif\0\0") + 6
    sent[start : start + 12] = b"II*\0\xff\xff\xff\x7fXXXX"
    kept = stripped(bytes(sent), JPEG)
    assert b"Exif" not in kept
    assert PLACE not in kept
