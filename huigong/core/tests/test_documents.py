"""Documents people attach: known kinds by content, nothing that runs."""

import io
import re
import zipfile
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from huigong.core import documents, files
from huigong.core.audit import SYSTEM


def office(*names: str, **parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in ("[Content_Types].xml", *names):
            archive.writestr(name, "<x/>")
        for name, text in parts.items():
            archive.writestr(name, text)
    return file.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def pdf(**root: Any) -> bytes:
    """A PDF of one empty page, with these entries in its root."""
    with pikepdf.new() as paper:
        paper.add_blank_page()
        for name, value in root.items():
            paper.Root[f"/{name}"] = value
        file = io.BytesIO()
        paper.save(file, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return file.getvalue()


def scripted() -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def disguised() -> bytes:
    """The same script under names with a letter written as a number, which readers undo."""
    with pikepdf.open(io.BytesIO(pdf(OpenAction=scripted()))) as paper:
        file = io.BytesIO()
        paper.save(file, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    plain = file.getvalue()
    assert b"/JavaScript" in plain
    return plain.replace(b"/JavaScript", b"/J#61vaScript").replace(b"/JS", b"/J#53")


def with_attachment() -> bytes:
    with pikepdf.open(io.BytesIO(pdf())) as paper:
        paper.attachments["run.exe"] = b"MZ"
        file = io.BytesIO()
        paper.save(file)
    return file.getvalue()


def locked() -> bytes:
    with pikepdf.open(io.BytesIO(pdf())) as paper:
        file = io.BytesIO()
        paper.save(file, encryption=pikepdf.Encryption(owner="a", user="b"))
    return file.getvalue()


def scan() -> bytes:
    """A page scanned as one picture, in whose pixels the letters /JS happen to stand."""
    with pikepdf.open(io.BytesIO(pdf())) as paper:
        paper.Root.Scan = paper.make_stream(b"\xff\xd8 /JS /JavaScript \x00" * 9)
        file = io.BytesIO()
        paper.save(file, compress_streams=False)
    return file.getvalue()


def related(kind: str, mode: str = "External", quote: str = '"') -> bytes:
    """A text document whose settings refer to something by a relation."""
    relation = (
        f'<Relationship Id="r1" Type="http://x/{kind}" Target="http://a.example/t" TargetMode="{mode}"/>'
    )
    rels = f"<Relationships>{relation}</Relationships>".replace('"', quote)
    return office("word/document.xml", **{"word/_rels/settings.xml.rels": rels})


def secret_part() -> bytes:
    """An entry that says it is encrypted."""
    content = bytearray(related("hyperlink"))
    for place in range(len(content) - 4):
        if content[place : place + 4] == b"PK\x01\x02":
            content[place + 8] |= 1
    return bytes(content)


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
        (b"%PDF-1.7", "工资\u202efdp.exe.pdf", "工资fdp.exe.pdf"),
        (b"%PDF-1.7", "\u200b\u2066通知\u0000.pdf", "通知.pdf"),
        (b"%PDF-1.7", "..\\..\\通知.pdf", "通知.pdf"),
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
        (pdf(OpenAction=scripted()), "打包的脚本.pdf", documents.SCRIPTS),
        (pdf(Pages2=Array([1, Array([Dictionary(A=scripted())])])), "深处的脚本.pdf", documents.SCRIPTS),
        (disguised(), "改写的脚本.pdf", documents.SCRIPTS),
        (pdf(AA=Dictionary(O=Dictionary(S=Name.Launch, F="cmd.exe"))), "启动程序.pdf", documents.SCRIPTS),
        (pdf(AcroForm=Dictionary(XFA=Array(["a", "b"]))), "表单程序.pdf", documents.SCRIPTS),
        (with_attachment(), "夹带程序.pdf", documents.SCRIPTS),
        (locked(), "加锁.pdf", documents.LOCKED),
        (related("attachedTemplate"), "远程模板.docx", documents.FETCHES),
        (related("attachedTemplate", quote="'"), "远程模板.docx", documents.FETCHES),
        (related("attachedTemplate", mode="&#69;xternal"), "远程模板.docx", documents.FETCHES),
        (related("oleObject"), "远程对象.docx", documents.FETCHES),
        (related("hyperlink").replace(b"</Rel", b"<<<Re"), "坏关系.docx", documents.BROKEN),
        (secret_part(), "加密的部件.docx", documents.BROKEN),
        (office("word/document.xml", "word/sub/VBAProject.BIN"), "藏着的宏.docx", documents.MACROS),
        (office("META-INF/MANIFEST.MF"), "程序.jar", documents.UNKNOWN),
        (b"\x7fELF" + bytes(99), "程序.pdf", documents.UNKNOWN),
        (b"%!PS-Adobe-3.0", "打印.pdf", documents.UNKNOWN),
        (b"{\\rtf1\\object}", "信.doc", documents.UNKNOWN),
        (b"=cmd|'/c calc'!A1", "表.xls", documents.UNKNOWN),
        (b"\n%PDF-1.7 /JS", "前面有字.pdf", documents.UNKNOWN),
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


@pytest.mark.parametrize(
    "content", [pdf(), scan(), related("hyperlink"), related("attachedTemplate", mode="Internal")]
)
def test_ordinary_documents_are_not_taken_for_dangerous(content: bytes) -> None:
    assert check(content, "材料.pdf").name.startswith("材料.")


@pytest.mark.django_db
@pytest.mark.parametrize("folder", ["word", "xl", "ppt"])
def test_every_kind_of_office_document_is_kept(folder: str) -> None:
    kept = files.store_document(io.BytesIO(office(f"{folder}/document.xml")), owner=SYSTEM, name="表格")
    assert kept.content_type in {content_type for _, content_type in documents._OOXML.values()}
