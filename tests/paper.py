"""What a printed page says, read back from its bytes."""

import io
import re

import pikepdf

_PAIR = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>")


def text_of(content: bytes) -> str:
    """The text of a PDF that `core.pdf` made, without spaces and line breaks."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return re.sub(r"\s|\u200b", "", "".join(_page(page) for page in pdf.pages))


def fonts_of(content: bytes) -> set[str]:
    """The fonts that lie inside a PDF. One that is only named does not count."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        inner = [font.DescendantFonts[0].FontDescriptor for font in fonts]
        return {str(each.FontName).partition("+")[2] for each in inner if "/FontFile3" in each}


def _page(page: pikepdf.Page) -> str:
    shapes = {name: _letters(font) for name, font in page.Resources.Font.items()}
    letters: dict[bytes, str] = {}
    said = []
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            letters = shapes[str(operands[0])]
        elif str(operator) in ("Tj", "TJ"):
            parts = operands[0] if str(operator) == "TJ" else operands
            runs = [bytes(part) for part in parts if isinstance(part, pikepdf.String)]
            said += [letters.get(run[at : at + 2], "") for run in runs for at in range(0, len(run), 2)]
    return "".join(said)


def _letters(font: pikepdf.Object) -> dict[bytes, str]:
    pairs = _PAIR.findall(font.ToUnicode.read_bytes())
    return {
        bytes.fromhex(code.decode()): bytes.fromhex(to.decode()).decode("utf-16-be") for code, to in pairs
    }
