"""Documents people attach: known kinds by content, nothing that runs."""

import io
import re
import zipfile

import pytest

from huigong.core import documents


def office(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "<x/>")
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def check(content: bytes, name: str) -> documents.Document:
    return documents.check(io.BytesIO(content), name=name)


@pytest.mark.parametrize(
    ("content", "name", "kept"),
    [
        (b"%PDF-1.7\n1 0 obj", "通知.pdf", "通知.pdf"),
        (b"%PDF-1.7\n1 0 obj", "通知.docx", "通知.pdf"),
        (office("word/document.xml"), "表格.docx", "表格.docx"),
        (office("xl/workbook.xml"), "名单.zip", "名单.xlsx"),
        (office("ppt/presentation.xml"), "课件.pptx", "课件.pptx"),
        (OLE, "旧表.doc", "旧表.doc"),
        (OLE, "旧表.XLS", "旧表.xls"),
        (b"%PDF-1.7", "../../etc/passwd", "passwd.pdf"),
        (b"%PDF-1.7", "a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        (b"%PDF-1.7", ".pdf", "pdf.pdf"),
    ],
)
def test_known_kinds_are_kept_under_a_harmless_name(content: bytes, name: str, kept: str) -> None:
    assert check(content, name).name == kept


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "空.pdf", documents.EMPTY),
        (b"%PDF-1.7 /JavaScript (app.alert(1))", "脚本.pdf", documents.SCRIPTS),
        (b"%PDF-1.7 /OpenAction << /Launch >>", "启动.pdf", documents.SCRIPTS),
        (b"%PDF-1.7 /EmbeddedFile", "夹带.pdf", documents.SCRIPTS),
        (office("word/document.xml", "word/vbaProject.bin"), "宏.docx", documents.MACROS),
        (OLE + "_VBA_PROJECT".encode("utf-16-le"), "宏.xls", documents.MACROS),
        (office("AndroidManifest.xml"), "程序.docx", documents.UNKNOWN),
        (b"PK\x03\x04 broken", "坏.docx", documents.BROKEN),
        (b"MZ\x90\x00", "程序.exe", documents.UNKNOWN),
        (b"<svg onload=alert(1)>", "图.pdf", documents.UNKNOWN),
        (b"<html><script>", "页.doc", documents.UNKNOWN),
        (OLE, "旧表.msi", documents.UNKNOWN),
        (b"%PDF-" + b"0" * documents.MAX_BYTES, "大.pdf", documents.TOO_HEAVY),
    ],
)
def test_others_are_refused_with_a_sentence(content: bytes, name: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        check(content, name)


def test_a_bomb_is_not_unpacked() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "x")
        for number in range(5):
            archive.writestr(f"word/{number}.xml", b"\0" * (100 * 2**20))
    with pytest.raises(ValueError, match="损坏"):
        check(file.getvalue(), "炸弹.docx")
