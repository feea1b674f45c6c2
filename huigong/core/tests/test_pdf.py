"""Printed pages: what is typed is printed and nothing else, nothing is read or fetched, fonts lie inside."""

import io
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import typst
from django.apps import apps
from PIL import Image

from huigong.core import checks, pdf
from tests.paper import fonts_of, text_of

PAGE = """
#import "/style.typ": *
#show: sheet.with(title: data.title, footer: "惠安县总工会")
#headline(data.title)
#facts(data.rows)
#section("经过")
#prose(data.body, indent: 2em)
"""
HOSTILE = [
    '#import "@preview/tablex:0.0.8": *',
    '#read("/etc/passwd")',
    '#image("/etc/hostname")',
    "#{while true {}}",
    "$x^2$ \\ \\u{41} `raw` ```x``` *bold* _it_ ~ [b] {c}",
    "<label> @ref = head /* note */ // note - item + item / term: x",
    "https://example.org/<script>alert(1)</script>",
    '"quotes" \'s -- --- ...',
]

Draw = Callable[..., bytes]


@pytest.fixture
def draw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Draw:
    """Draws a page of the test's own."""
    monkeypatch.setattr(apps.get_app_config("core"), "path", str(tmp_path))
    (tmp_path / "typst").mkdir()

    def draw(source: str = PAGE, **data: Any) -> bytes:
        (tmp_path / "typst" / "page.typ").write_text(source)
        return pdf.render("core/page", {"title": "提示函", "rows": [], "body": "", **data})

    return draw


def test_render_chinese_is_read_back_with_its_fonts_inside(draw: Draw) -> None:
    paper = draw(rows=[["单位", "惠安县海丝石业有限公司"]], body="第一段\n第二段")
    assert "提示函单位惠安县海丝石业有限公司经过第一段第二段惠安县总工会第1页，共1页" in text_of(paper)
    assert fonts_of(paper) == {"NotoSerifSC-Regular", "NotoSansSC-Regular"}


def test_render_same_data_gives_same_bytes(draw: Draw) -> None:
    assert draw(body="正文") == draw(body="正文")
    assert draw(body="正文") != draw(body="正文。")


@pytest.mark.parametrize("words", HOSTILE)
def test_render_hostile_words_are_printed_as_they_are(draw: Draw, words: str) -> None:
    paper = draw(title=words, rows=[[words, words]], body=words)
    assert text_of(paper).count(words.replace(" ", "")) == 4
    with pikepdf.open(io.BytesIO(paper)) as pages:
        assert all("/Annots" not in page for page in pages.pages)


def test_render_names_with_rare_characters_do_not_fail(draw: Draw) -> None:
    paper = draw(rows=[["姓名", "䶮𬭎𠮷·买买提"], ["坏", "\ud83d\x00\x07\x0b\ufffe"]])
    assert "䶮𬭎" in text_of(paper)
    assert "·买买提" in text_of(paper)


@pytest.mark.parametrize(
    "words", ["长" * 10_000, "W" * 10_000, "行\n" * 5_000], ids=["han", "latin", "lines"]
)
def test_render_very_long_words_stay_on_the_paper(draw: Draw, words: str) -> None:
    paper = draw(rows=[["长", words]], body=words)
    assert text_of(paper).count(words[0]) >= 2 * words.count(words[0])
    with pikepdf.open(io.BytesIO(paper)) as pages:
        assert len(pages.pages) > 10


def test_render_shows_a_picture_and_refuses_what_is_none(draw: Draw) -> None:
    file = io.BytesIO()
    Image.new("RGB", (30, 10), "navy").save(file, "PNG")
    source = PAGE + "#picture(data.picture, width: 30mm)"
    with pikepdf.open(io.BytesIO(draw(source, picture=file.getvalue()))) as pages:
        assert pages.pages[0].get_images()
    with pytest.raises(ValueError, match="PNG or JPEG"):
        draw(source, picture=b'<svg><image href="/etc/passwd"/></svg>')


@pytest.mark.parametrize("path", ["/etc/passwd", "/../../manage.py", "../pdf.py", "/pdf.py"])
def test_render_template_reads_no_file_from_elsewhere(draw: Draw, path: str) -> None:
    with pytest.raises(typst.TypstError):
        draw(f'{PAGE}\n#read("{path}")')


def test_render_template_fetches_no_package(draw: Draw) -> None:
    with pytest.raises(ValueError, match="package"):
        draw('#import "@preview/tablex:0.0.8": *')


def test_render_in_many_threads_at_once_mixes_nothing_up(draw: Draw) -> None:
    draw()
    alone = [_drawn(count) for count in range(12)]
    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(_drawn, range(12))) == alone


def _drawn(count: int) -> bytes:
    return pdf.render("core/page", {"title": f"第{count}份", "rows": [], "body": f"正文{count}" * 200})


def test_render_is_fast(draw: Draw) -> None:
    draw(body="先暖一下")
    started = time.process_time()
    for count in range(5):
        draw(body=f"第{count}份" + "正文" * 800, rows=[["单位", "惠安县海丝石业有限公司"]] * 10)
    assert (time.process_time() - started) / 5 < 0.25


def test_check_says_when_a_font_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.printed_pages(None) == []
    monkeypatch.setattr(pdf, "_FONTS", ("NotoSerifSC-Regular.otf", "Gone.otf"))
    (error,) = checks.printed_pages(None)
    assert "Gone.otf" in str(error.msg)
    assert "NotoSerif" not in str(error.msg)
    monkeypatch.setattr(pdf, "_FONT_PACKAGE", "no_such_package")
    (error,) = checks.printed_pages(None)
    assert "NotoSerifSC-Regular.otf" in str(error.msg)
