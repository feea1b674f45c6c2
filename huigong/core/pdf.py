"""Printed pages: a module's typst template and plain data in, a PDF with its fonts out.

A template lies in the module's `typst` folder and begins with the shared `core/typst/style.typ`. What people typed
never becomes part of the template: it travels beside it as JSON and reaches the page as strings, which typst shows
and does not read. A template sees the one folder with the style and nothing else: no other file, no package, no
network. Fonts come from a package and never from the machine, so that a page looks alike everywhere, and the same
data give the same bytes.
"""

import importlib.util
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst
from django.apps import apps

_STYLE = Path(__file__).parent / "typst"
_FONT_PACKAGE = "pylopdf_fonts_zh_cn"
_FONTS = ("NotoSerifSC-Regular.otf", "NotoSansSC-Regular.otf")
_PACKAGE_IMPORT = b'"@'
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_HIDDEN = dict.fromkeys(set(range(32)) - {ord("\n"), ord("\t")})


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of `template`, named "module/page" for `typst/page.typ` in that module, filled with `data`.

    `data` holds text, numbers, lists, dicts, and pictures (PNG or JPEG) as bytes. Letters that no font has become
    boxes; nothing that is typed makes it fail. A template that does not hold raises `typst.TypstError`.
    """
    source = _source(template)
    words = json.dumps(_plain(data), ensure_ascii=False)
    paper = typst.Compiler(root=_STYLE, font_paths=_fonts(), sys_inputs={"data": words}).compile(source)
    assert isinstance(paper, bytes)
    return paper


def missing_fonts() -> list[str]:
    """The fonts of the pages that are not installed."""
    folder = _font_folder()
    return [name for name in _FONTS if folder is None or not (folder / name).is_file()]


def _source(template: str) -> bytes:
    module, _, page = template.partition("/")
    source = (Path(apps.get_app_config(module).path) / "typst" / f"{page}.typ").read_bytes()
    if _PACKAGE_IMPORT in source:
        raise ValueError(f"{template} would fetch a package")
    return source


@cache
def _fonts() -> typst.Fonts:
    folder = _font_folder()
    if folder is None:
        raise RuntimeError(f"{_FONT_PACKAGE} is not installed")
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def _font_folder() -> Path | None:
    found = importlib.util.find_spec(_FONT_PACKAGE)
    return Path(found.origin).parent if found and found.origin else None


def _plain(value: Any) -> Any:
    """`value` as JSON can say it: pictures as numbers, text without what has no shape."""
    if isinstance(value, str):
        return value.translate(_HIDDEN).encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, bytes):
        if not value.startswith(_PICTURES):
            raise ValueError("a picture is PNG or JPEG")
        return list(value)
    return value
