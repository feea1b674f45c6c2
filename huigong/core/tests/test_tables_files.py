"""Files that are no table, or were made to hurt: each is refused with a sentence, and costs little."""

import io
import random
import struct
import zipfile

import pytest
from openpyxl import Workbook

from huigong.core import tables
from huigong.core.tables import book, cells, reader

NAMES = tables.Schema((tables.Column("name", "姓名", cells.text(), required=True),))
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


def workbook() -> bytes:
    made = Workbook()
    made.active.append(["姓名"])
    made.active.append(["张三"])
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def rezipped(content: bytes, **parts: bytes | None) -> bytes:
    """The workbook with parts of the zip replaced, added or, when None, left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        entries = {info.filename: old.read(info) for info in old.infolist()} | parts
        for name, data in entries.items():
            if data is not None:
                new.writestr(name, data)
    return out.getvalue()


def with_sheet(rows: str, before: str = "") -> bytes:
    xml = f'<?xml version="1.0"?>{before}<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    return rezipped(workbook(), **{SHEET: xml.encode()})


def with_shared_string(text: str, rows: str) -> bytes:
    content = with_sheet(rows)
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        relations = old.read("xl/_rels/workbook.xml.rels").decode()
        types = old.read("[Content_Types].xml").decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    part = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    link = f'<Relationship Id="rId77" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{part}"/></Types>'
    if "sharedStrings" not in relations:
        relations = relations.replace("</Relationships>", link)
    if "sharedStrings" not in types:
        types = types.replace("</Types>", override)
    return rezipped(
        content,
        **{
            "xl/_rels/workbook.xml.rels": relations.encode(),
            "[Content_Types].xml": types.encode(),
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'.encode(),
        },
    )


def lying_about_size(content: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        true_size = opened.getinfo(name).file_size
    return content.replace(struct.pack("<I", true_size), struct.pack("<I", 1000))


def cells_of(rows: int, letters: str, cell: str) -> str:
    return "".join(
        f'<row r="{row}">' + "".join(cell.format(ref=f"{letter}{row}") for letter in letters) + "</row>"
        for row in range(1, rows + 1)
    )


ONE_CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'
INLINE = '<row r="1"><c r="A1" t="inlineStr"><is><t>{}</t></is></c></row>'
EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
WORD_FILE = rezipped(workbook(), **{"xl/workbook.xml": None, "word/document.xml": b"<w/>"})
LOCKED_FILE = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
)

HOSTILE = {
    "empty file": (bytes, reader.NOT_EXCEL),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), reader.NOT_EXCEL),
    "pdf": (lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\0", reader.NOT_EXCEL),
    "random bytes": (lambda: random.Random(1).randbytes(5000), reader.NOT_EXCEL),
    "plain prose": ("今天开会\n明天放假".encode, reader.NOT_EXCEL),
    "html renamed to xls": (
        lambda: "\n <html><table><tr><td>姓名</td></tr></table></html>".encode("gbk"),
        reader.RENAMED,
    ),
    "xml of Excel 2003": (lambda: b'<?xml version="1.0"?><Workbook><Worksheet/></Workbook>', reader.RENAMED),
    "web archive renamed to xls": (
        lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related",
        reader.RENAMED,
    ),
    "word file": (lambda: WORD_FILE, reader.NOT_EXCEL),
    "zip of something else": (lambda: rezipped(workbook(), **{"xl/workbook.xml": None}), reader.NOT_EXCEL),
    "locked with a password": (lambda: LOCKED_FILE, reader.LOCKED),
    "old format cut short": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, reader.BROKEN),
    "zip cut short": (lambda: workbook()[:-300], reader.BROKEN),
    "zip cut in the middle": (lambda: workbook()[:2000], reader.BROKEN),
    "zip header only": (lambda: b"PK\x03\x04" + b"\0" * 100, reader.BROKEN),
    "sheet missing": (lambda: rezipped(workbook(), **{SHEET: None}), reader.BROKEN),
    "sheet is no xml": (lambda: rezipped(workbook(), **{SHEET: b"\0\1\2"}), None),
    "xml not closed": (
        lambda: rezipped(workbook(), **{SHEET: b"<worksheet><sheetData><row r='1'><c r='A1'><v>"}),
        reader.BROKEN,
    ),
    "external entity": (lambda: with_sheet(INLINE.format("&a;"), EXTERNAL), reader.BROKEN),
    "billion laughs": (lambda: with_sheet(INLINE.format("&c;"), LAUGHS), reader.BROKEN),
    "bomb of zeros": (
        lambda: rezipped(workbook(), **{"xl/media/a.bin": bytes(reader.UNPACKED + 1)}),
        reader.TOO_BIG,
    ),
    "bomb that lies about its size": (
        lambda: lying_about_size(with_sheet(ONE_CELL + " " * 50_000_000), SHEET),
        reader.BROKEN,
    ),
    "thousands of entries": (
        lambda: rezipped(workbook(), **{f"x/{number}": b"" for number in range(reader.ZIP_ENTRIES)}),
        reader.TOO_BIG,
    ),
    "cell at the far end": (
        lambda: with_sheet(ONE_CELL + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        book.TOO_BIG,
    ),
    "too many rows": (
        lambda: with_sheet(ONE_CELL + '<row r="200001"><c r="A200001"><v>1</v></c></row>'),
        reader.TOO_LONG,
    ),
    "too many columns": (
        lambda: with_sheet('<row r="1"><c r="A1"><v>1</v></c><c r="GS1"><v>1</v></c></row>'),
        reader.TOO_WIDE,
    ),
    "column beyond all columns": (lambda: with_sheet('<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>'), None),
    "one huge text referred to everywhere": (
        lambda: with_shared_string(
            "A" * 1_000_000, cells_of(2000, "ABCDEFGH", '<c r="{ref}" t="s"><v>0</v></c>')
        ),
        book.TOO_BIG,
    ),
    "csv with too many rows": (lambda: b"a,b\n" * (reader.ROWS + 1), reader.TOO_LONG),
    "csv with too many columns": (lambda: b"a," * 300, reader.TOO_WIDE),
    "csv with a huge field": (lambda: b'a,"' + b"x" * 200_000 + b'"', reader.BROKEN),
    "csv with control characters": ("姓名,电话\x07\n".encode, reader.NOT_EXCEL),
    "csv that is half GBK, half UTF-8": (
        lambda: "姓名,电话\n".encode("gbk") + "张三,1\n".encode() + b"\xff\xff",
        reader.NOT_EXCEL,
    ),
    "no visible sheet with content": (
        lambda: rezipped(workbook(), **{SHEET: f'<worksheet xmlns="{MAIN}"/>'.encode()}),
        "没有内容",
    ),
    "over 20 MB": (lambda: bytes(book.FILE_BYTES + 1), "超过 20 MB"),
}


@pytest.mark.parametrize(("make", "says"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_file_that_is_no_table_is_refused_with_a_sentence(make, says):
    with pytest.raises(tables.TableRefused) as refused:
        tables.open_sheet(make(), NAMES)
    assert says is None or says in str(refused.value)
    assert str(refused.value).endswith("。")


def test_damage_anywhere_in_a_workbook_never_gets_past_the_sentence():
    chance = random.Random(7)
    with zipfile.ZipFile(io.BytesIO(workbook())) as opened:
        parts = {info.filename: opened.read(info) for info in opened.infolist()}
    for _ in range(25):
        name = chance.choice(list(parts))
        data = bytearray(parts[name])
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            tables.open_sheet(rezipped(workbook(), **{name: bytes(data)}), NAMES)
        except tables.TableRefused as refused:
            sentence = str(refused)
            assert sentence.endswith("。")


def test_a_sheet_formatted_to_the_last_row_is_fine():
    empty = cells_of(3, "A", '<c r="{ref}" t="inlineStr"><is><t>姓名</t></is></c>')
    content = with_sheet(empty + '<row r="1048576" s="1"><c r="A1048576" s="1"/></row>')
    sheet = tables.open_sheet(content, NAMES)
    assert (sheet.height, sheet.width) == (3, 1)


def test_formulas_are_never_computed_only_their_kept_result_is_read():
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
        '<row r="2"><c r="A2" t="str"><f>CONCATENATE("张","三")</f><v>张三</v></c></row>'
        '<row r="3"><c r="A3"><f>1+1</f></c><c r="B3"><v>5</v></c></row>'
        '<row r="4"><c r="A4" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="B4"><v>5</v></c></row>'
        '<row r="5"><c r="A5" t="str"><f>IF(1,"","")</f><v></v></c><c r="B5"><v>5</v></c></row>'
        '<row r="6"><c r="A6"><f>A5</f><v/></c></row>'
    )
    sheet = tables.open_sheet(with_sheet(rows), NAMES)
    assert [row for _, row in sheet.rows()] == [
        ["姓名", None],
        ["张三", None],
        [reader.UNCALCULATED, 5.0],
        [reader.FAILED, 5.0],
        [None, 5.0],
    ] + [[None, None]] * (sheet.height - 5)


@pytest.mark.parametrize(
    ("word", "says"), [(reader.UNCALCULATED, "还没有算出结果"), (reader.FAILED, "公式出错了")]
)
def test_a_formula_that_gave_nothing_is_refused_by_every_parser(word, says):
    for parse in (cells.text(), cells.name, cells.day, cells.phone, cells.sex, cells.document_number):
        with pytest.raises(ValueError, match=says):
            parse(word)


def test_rows_that_do_not_show_in_excel_are_known_by_number():
    rows = "".join(
        f'<row r="{number}"{hidden}><c r="A{number}" t="inlineStr"><is><t>张{number}</t></is></c></row>'
        for number, hidden in (
            (1, ""),
            (2, ' hidden="1"'),
            (3, ' spans="1:1" hidden="true"'),
            (4, ' hidden="0"'),
        )
    )
    assert tables.open_sheet(with_sheet(rows), NAMES).hidden == {2, 3}


def test_a_reader_left_early_is_stopped(monkeypatch):
    started = []
    popen = book.subprocess.Popen
    monkeypatch.setattr(
        book.subprocess,
        "Popen",
        lambda *args, **kwargs: started.append(popen(*args, **kwargs)) or started[-1],
    )
    content = "\n".join(["姓名,电话"] + ["张三,1"] * 100_000).encode()
    rows = tables.open_sheet(content, NAMES).rows()
    next(rows)
    rows.close()
    assert all(process.poll() is not None for process in started)
    assert len(started) == 2


def test_a_sheet_can_be_opened_from_a_path_and_from_a_file(tmp_path):
    path = tmp_path / "名册.xlsx"
    path.write_bytes(workbook())
    assert tables.open_sheet(path, NAMES).height == 2
    with path.open("rb") as file:
        assert tables.open_sheet(file, NAMES).height == 2


def test_the_old_xls_format_is_read():
    sheet = tables.open_sheet(old_workbook([["姓名", "电话"], ["张三", 13800138000], ["李四", 1.5]]), NAMES)
    assert [row for _, row in sheet.rows()] == [["姓名", "电话"], ["张三", 13800138000.0], ["李四", 1.5]]


# --- A .xls of Excel 97, written by hand: BIFF8 records in a compound file


def old_workbook(rows) -> bytes:
    globals_size = 20 + 4 + 8 + 2 * len("名册") + 4
    globals_ = (
        record(0x0809, struct.pack("<HHHHII", 0x0600, 5, 0, 0, 0, 6))
        + record(
            0x0085,
            struct.pack("<IBB", globals_size, 0, 0) + struct.pack("<BB", 2, 1) + "名册".encode("utf-16-le"),
        )
        + record(0x000A, b"")
    )
    assert len(globals_) == globals_size
    body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x10, 0, 0, 0, 6))
    body += record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, len(rows[0]), 0))
    for down, row in enumerate(rows):
        for right, value in enumerate(row):
            place = struct.pack("<HHH", down, right, 0)
            if isinstance(value, str):
                text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
                body += record(0x0204, place + text)
            else:
                body += record(0x0203, place + struct.pack("<d", value))
    return compound_file("Workbook", globals_ + body + record(0x000A, b""))


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def compound_file(name: str, stream: bytes) -> bytes:
    """One stream of at least 4096 bytes: header, allocation table, directory, stream, 512 bytes a sector."""
    stream = stream.ljust(-(-max(len(stream), 4096) // 512) * 512, b"\0")
    sectors = len(stream) // 512
    end, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<I", 0) + struct.pack("<I", free) * 108
    chain = [table, end, *range(3, 2 + sectors), end]
    allocation = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    entries = directory_entry("Root Entry", 5, 1, end, 0) + directory_entry(name, 2, free, 2, len(stream))
    return header + allocation + entries.ljust(512, b"\0") + stream


def directory_entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    entry = written.ljust(64, b"\0") + struct.pack("<HBB", len(written), kind, 1)
    entry += struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child) + bytes(36)
    return entry + struct.pack("<IQ", start, size)
