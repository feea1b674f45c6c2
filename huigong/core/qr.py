"""QR drawings."""

import io

import segno
from markupsafe import Markup


def svg(text: str) -> Markup:
    """`text` as a QR code: an SVG picture that grows to its box, with a quiet zone, readable from a phone."""
    out = io.BytesIO()
    drawing = segno.make_qr(text, error="m")
    drawing.save(
        out, kind="svg", xmldecl=False, svgns=True, nl=False, omitsize=True, svgclass=None, lineclass=None
    )
    return Markup(out.getvalue().decode())  # noqa: S704 - drawn by the package: `text` becomes squares
