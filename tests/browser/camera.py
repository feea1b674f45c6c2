"""What a phone's camera sees: a member code, as a photo or as the film that Chromium plays for a camera."""

from pathlib import Path

import segno
from PIL import Image


def picture(code: str, path: Path) -> Path:
    """The code as it stands on a member's phone, as a photo."""
    drawn = segno.make(code, error="m")
    drawn.save(str(path), scale=6, border=6)
    return path


def film(code: str, path: Path) -> Path:
    """The same before a camera."""
    return before_camera(Image.open(picture(code, path.with_suffix(".png"))), path)


def before_camera(image: Image.Image, path: Path) -> Path:
    """A still picture as a y4m film, which Chromium plays as its fake camera, over and over."""
    image = image.convert("L").resize((440, 440))
    frame = Image.new("L", (640, 480), 128)
    frame.paste(image, (100, 20))
    colourless = bytes([128]) * (320 * 240 * 2)
    picture_bytes = b"FRAME\n" + frame.tobytes() + colourless
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420\n" + picture_bytes * 5)
    return path
