import io
import random
import struct
import zlib

import pytest
from PIL import Image, ImageDraw

from huigong.core import images

ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F


def photo(size=(400, 300), mode="RGB") -> Image.Image:
    """Many colours, as a camera makes them."""
    noise = random.Random(5)
    picture = Image.effect_noise((64, 64), 80).convert("RGB").resize(size)
    draw = ImageDraw.Draw(picture)
    for _ in range(50):
        x, y = noise.randrange(size[0]), noise.randrange(size[1])
        draw.ellipse(
            (x, y, x + 40, y + 40), fill=(noise.randrange(256), noise.randrange(256), noise.randrange(256))
        )
    return picture.convert(mode)


def file_of(picture: Image.Image, kind: str, **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def normalise(content: bytes, **options) -> images.Picture:
    return images.normalise(io.BytesIO(content), **options)


def opened(picture: images.Picture) -> Image.Image:
    return Image.open(io.BytesIO(picture.content))


def exif_with(**tags) -> Image.Exif:
    exif = Image.Exif()
    exif[MAKE] = "Phone of somebody"
    exif[ORIENTATION] = tags.get("orientation", 1)
    exif.get_ifd(GPS).update({1: "N", 2: (25.0, 1.0, 48.0), 3: "E", 4: (118.0, 47.0, 45.0)})
    return exif


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_claiming(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    body = png_chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + body + png_chunk(b"IEND", b"")


def animation(frames: int) -> bytes:
    pictures = [Image.new("L", (8, 8), number % 250) for number in range(frames)]
    return file_of(pictures[0], "GIF", save_all=True, append_images=pictures[1:])


def test_a_photo_loses_where_and_with_what_it_was_taken():
    content = file_of(
        photo(), "JPEG", exif=exif_with(), comment=b"secret remark", icc_profile=b"profile bytes"
    )
    assert b"Phone of somebody" in content
    picture = normalise(content)
    assert picture.content_type == "image/jpeg"
    assert (picture.width, picture.height) == (400, 300)
    assert not opened(picture).getexif()
    for trace in (b"Phone of somebody", b"secret remark", b"profile bytes", b"Exif", b"ICC_PROFILE"):
        assert trace not in picture.content


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_formats_lose_their_metadata_too(kind):
    content = file_of(photo(), kind, exif=exif_with(), icc_profile=b"profile bytes")
    picture = normalise(content)
    assert not opened(picture).getexif()
    assert b"Phone of somebody" not in picture.content
    assert "icc_profile" not in opened(picture).info


def test_a_photo_taken_sideways_is_turned_upright():
    source = Image.new("RGB", (400, 300), "white")
    source.paste("red", (0, 0, 200, 300))
    picture = normalise(file_of(source, "JPEG", exif=exif_with(orientation=6), quality=95))
    assert (picture.width, picture.height) == (300, 400)
    upright = opened(picture).convert("RGB")
    assert upright.getpixel((150, 50))[1] < 60
    assert upright.getpixel((150, 350))[1] > 200


def test_a_large_photo_is_shrunk_and_keeps_its_shape():
    picture = normalise(file_of(photo((3200, 1600)), "JPEG"))
    assert (picture.width, picture.height) == (1600, 800)
    assert len(picture.content) < 600_000
    assert (normalise(file_of(photo((3200, 1600)), "JPEG"), max_side=200).width) == 200


def test_a_small_photo_is_not_blown_up():
    picture = normalise(file_of(photo((40, 30)), "JPEG"))
    assert (picture.width, picture.height) == (40, 30)


def test_see_through_parts_stay_see_through():
    source = photo(mode="RGBA")
    source.paste((0, 0, 0, 0), (0, 0, 100, 100))
    picture = normalise(file_of(source, "PNG"))
    assert picture.content_type == "image/webp"
    assert opened(picture).convert("RGBA").getpixel((10, 10))[3] == 0


def test_alpha_that_hides_nothing_is_dropped():
    assert normalise(file_of(photo(mode="RGBA"), "PNG")).content_type == "image/jpeg"


def test_a_drawing_of_few_colours_stays_sharp():
    source = Image.new("1", (200, 200), 1)
    ImageDraw.Draw(source).rectangle((50, 50, 150, 150), fill=0)
    picture = normalise(file_of(source, "PNG"))
    assert picture.content_type == "image/png"
    assert opened(picture).convert("L").getpixel((49, 49)) == 255
    assert opened(picture).convert("L").getpixel((51, 51)) == 0


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("L", "JPEG"), ("CMYK", "JPEG"), ("P", "GIF"), ("LA", "PNG"), ("I;16", "PNG"), ("RGB", "WEBP")],
)
def test_every_colour_mode_is_read(mode, kind):
    source = Image.new("I;16", (40, 30), 500) if mode == "I;16" else photo((40, 30)).convert(mode)
    assert normalise(file_of(source, kind)).width == 40


def test_the_two_lens_format_of_phones_is_a_photo():
    content = file_of(photo(), "MPO", save_all=True, append_images=[photo((100, 75))])
    assert normalise(content).content_type == "image/jpeg"


def test_of_a_short_animation_the_first_frame_stays():
    assert Image.open(io.BytesIO(animation(3))).n_frames == 3
    picture = normalise(animation(3))
    assert getattr(opened(picture), "n_frames", 1) == 1


@pytest.mark.parametrize(
    "payload",
    [b"<script>alert(1)</script>", b"PK\x03\x04evil.zip", b"<?php system($_GET[0]); ?>", b"%PDF-1.7"],
)
def test_what_hides_behind_or_inside_a_picture_does_not_pass(payload):
    behind = file_of(photo(), "JPEG") + payload
    inside = file_of(photo(), "JPEG", comment=payload)
    gif = animation(1) + payload
    png = file_of(photo(), "PNG")
    text = png[:33] + png_chunk(b"tEXt", b"Comment\0" + payload) + png[33:]
    for content in (behind, inside, gif, text):
        assert payload in content
        assert payload not in normalise(content).content


REFUSED = {
    "nothing": (b"", images.NO_PICTURE),
    "text": ("图片".encode(), images.NO_PICTURE),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', images.NO_PICTURE),
    "svg with xml header": (b'<?xml version="1.0"?><svg/>', images.NO_PICTURE),
    "html called gif": (b"<html>GIF89a</html>", images.NO_PICTURE),
    "pdf": (b"%PDF-1.7", images.NO_PICTURE),
    "executable": (b"MZ" + bytes(200), images.NO_PICTURE),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", images.NO_PICTURE),
    "bmp": (file_of(photo((8, 8)), "BMP"), images.NO_PICTURE),
    "tiff": (file_of(photo((8, 8)), "TIFF"), images.NO_PICTURE),
    "icon": (file_of(photo((16, 16)), "ICO"), images.NO_PICTURE),
    "photo of an iphone": (b"\0\0\0\x18ftypheic" + bytes(100), images.APPLE_PHOTO),
    "gif header and script": (b"GIF89a/*" + b"*/=1;alert(1)", None),
    "png claiming 60,000 by 60,000": (png_claiming(60_000, 60_000), images.TOO_LARGE),
    "png claiming 9,000 by 9,000": (png_claiming(9_000, 9_000), images.TOO_LARGE),
    "png with missing pixels": (png_claiming(900, 900), images.BROKEN),
    "png of no size": (png_claiming(0, 0), None),
    "photo cut short": (file_of(photo(), "JPEG")[:2000], images.BROKEN),
    "webp cut short": (file_of(photo(), "WEBP")[:500], None),
    "gif cut short": (file_of(photo(), "GIF")[:900], images.BROKEN),
    "long animation": (animation(images.MAX_FRAMES + 1), images.TOO_LONG),
    "too heavy": (bytes(images.MAX_BYTES + 1), images.TOO_HEAVY),
}


@pytest.mark.parametrize(("content", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_sound_picture_is_refused_with_a_sentence(content, says):
    with pytest.raises(ValueError, match=r"。$") as refused:
        normalise(content)
    assert says is None or str(refused.value) == says


def test_the_limit_of_pixels_can_be_set_lower():
    with pytest.raises(ValueError, match="尺寸太大"):
        normalise(file_of(photo(), "JPEG"), max_pixels=1000)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow tells of odd EXIF, and goes on
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_damage_anywhere_gives_a_picture_or_a_sentence(kind):
    chance = random.Random(11)
    sound = file_of(photo((60, 40)), kind)
    for _ in range(80):
        content = bytearray(sound)
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            outcome = normalise(bytes(content)).content_type
        except ValueError as refused:
            outcome = str(refused)
        assert outcome.startswith("image/") or outcome.endswith("。")
