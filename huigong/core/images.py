"""Pictures people upload, made anew: only pixels pass.

The file is decoded and written again, so whatever else it held is gone: where a photo was taken (EXIF GPS),
comments, thumbnails, a page or an archive hidden behind the picture.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, NamedTuple

from PIL import Image, ImageOps, UnidentifiedImageError

MAX_BYTES = 10 * 2**20
MAX_FRAMES = 100

NO_PICTURE = "这不是图片，请上传 JPG、PNG、WebP 或 GIF。"
APPLE_PHOTO = "这是苹果手机的 HEIC 格式，请在手机“设置—相机—格式”里选“兼容性最佳”，或转成 JPG 再传。"
BROKEN = "图片已损坏，打不开，请换一张。"
TOO_HEAVY = "图片超过 10 MB，请压缩后再传。"
TOO_LARGE = "图片尺寸太大，请缩小后再传。"
TOO_LONG = "动图太长，请换一张静态图片。"

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif")


class Picture(NamedTuple):
    content: bytes
    width: int
    height: int
    content_type: str


def normalise(upload: IO[bytes], *, max_pixels: int = 40_000_000, max_side: int = 1600) -> Picture:
    """The picture upright, at most `max_side` long, without metadata.

    A photo becomes JPEG, one with see-through parts WebP, a drawing of few colours PNG; of an animation the
    first frame stays. Raises `ValueError` with a sentence for the person when it is no picture (SVG is none
    here), damaged, or would take too much memory.
    """
    content = upload.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(TOO_HEAVY)
    with _open(content) as image:
        if image.width * image.height > max_pixels:
            raise ValueError(TOO_LARGE)
        with _decoding():
            frames = getattr(image, "n_frames", 1)
        # MPO is what phones with two lenses make of a JPEG; its frames are no animation
        if frames > MAX_FRAMES and image.format != "MPO":
            raise ValueError(TOO_LONG)
        return _encode(_pixels(image, max_side))


def as_png(content: bytes) -> bytes:
    """A kept picture on white ground, for paper: printed pages take no WebP."""
    with Image.open(io.BytesIO(content)) as image:
        drawn = image.convert("RGBA")
    ground = Image.new("RGBA", drawn.size, "white")
    ground.alpha_composite(drawn)
    file = io.BytesIO()
    ground.convert("RGB").save(file, "PNG")
    return file.getvalue()


@contextmanager
def _decoding() -> Iterator[None]:
    """Pillow's decoders fail in many ways on damaged files; the person reads one of two sentences."""
    try:
        yield
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError(TOO_LARGE) from None
    except Exception as error:
        raise ValueError(BROKEN) from error


def _open(content: bytes) -> Image.Image:
    with _decoding():
        try:
            return Image.open(io.BytesIO(content), formats=_FORMATS)
        except UnidentifiedImageError:
            sentence = NO_PICTURE
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        sentence = APPLE_PHOTO
    raise ValueError(sentence)


def _pixels(image: Image.Image, max_side: int) -> Image.Image:
    """Decoded, turned upright and shrunk; either RGB or, with see-through parts, RGBA."""
    with _decoding():
        image.thumbnail((max_side, max_side), Image.Resampling.LANCZOS)
        upright = ImageOps.exif_transpose(image)
        plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    plain.info = {}  # else comments and colour profiles would be written again
    if plain.mode == "RGBA" and plain.getchannel("A").getextrema() == (255, 255):
        return plain.convert("RGB")
    return plain


def _encode(image: Image.Image) -> Picture:
    kind: str
    options: dict[str, Any]
    if image.getcolors(256):
        kind, options = "PNG", {"optimize": True}
    elif image.mode == "RGBA":
        kind, options = "WEBP", {"quality": 85}
    else:
        kind, options = "JPEG", {"quality": 85, "optimize": True, "progressive": True}
    file = io.BytesIO()
    image.save(file, kind, **options)
    return Picture(file.getvalue(), image.width, image.height, f"image/{kind.lower()}")
