import io
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from huigong.core import tables
from huigong.core.tables import cells

NAMES = tables.Schema(
    (
        tables.Column("name", "姓名", cells.text(), required=True),
        tables.Column("id_number", "身份证号", cells.document_number),
    )
)
FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", "\r=1", "\n=1", "＝1+1", "＋1", "－1", "＠SUM(A1)",
    '=HYPERLINK("http://evil.example","点我")', "=cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0",
]  # fmt: skip


def written(headers, rows, **options):
    file = io.BytesIO()
    tables.write_table(file, headers, rows, **options)
    return load_workbook(file).active


def values(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_looks_like_a_formula_is_written_as_text(text):
    sheet = written([text], [[text]], title=text, watermark=text)
    for row in sheet.iter_rows():
        assert row[0].data_type == "s"
        assert row[0].value.startswith("'")


@settings(max_examples=40)
@given(st.lists(st.text(max_size=12), min_size=1, max_size=4))
def test_no_text_whatever_becomes_a_formula_or_an_error(row):
    sheet = written(["列"] * len(row), [row])
    assert {cell.data_type for cell in sheet[2]} <= {"s", "n"}
    assert not any(isinstance(cell.value, int | float) for cell in sheet[2])


def test_what_excel_calls_an_error_stays_text():
    sheet = written(["代码"], [["#N/A"], ["#REF!"]])
    assert [(row[0].value, row[0].data_type) for row in sheet.iter_rows(min_row=2)] == [
        ("#N/A", "s"),
        ("#REF!", "s"),
    ]


def test_cells_keep_their_types():
    moment = datetime(2026, 11, 23, 10, 30, 15, 5, tzinfo=UTC)
    sheet = written(
        ["整数", "小数", "钱", "日期", "时刻", "时间", "是否", "空"],
        [[12, 1.5, Decimal("3.20"), date(2026, 1, 2), moment, time(8, 30), True, None]],
    )
    assert [cell.value for cell in sheet[2]] == [
        12,
        1.5,
        3.2,
        datetime.fromisoformat("2026-01-02"),
        datetime.fromisoformat("2026-11-23T18:30:15"),
        time(8, 30),
        "是",
        None,
    ]
    assert sheet["D2"].number_format == "yyyy-mm-dd"


@pytest.mark.parametrize(
    ("value", "shown"), [(10**17, str(10**17)), (float("nan"), "nan"), (float("inf"), "inf")]
)
def test_numbers_excel_cannot_hold_become_text(value, shown):
    assert written(["数"], [[value]])["A2"].value == shown


def test_id_numbers_and_phones_are_text_cells_also_when_edited_later():
    sheet = written(["证件", "手机"], [["35052419900101001X", "13800138000"]])
    assert [(cell.data_type, cell.number_format) for cell in sheet[2]] == [("s", "@"), ("s", "@")]


def test_title_and_watermark_stand_above_the_header_which_stays_in_view():
    sheet = written(["姓名"], [["张三"]], title="会员名册", watermark="导出：王五 2026-11-23 10:30")
    assert values(sheet) == [["会员名册"], ["导出：王五 2026-11-23 10:30"], ["姓名"], ["张三"]]
    assert sheet.freeze_panes == "A4"
    assert sheet.print_title_rows == "$3:$3"
    assert sheet.oddFooter.center.text == "导出：王五 2026-11-23 10:30"


def test_columns_are_as_wide_as_their_content_within_reason():
    sheet = written(["姓名", "说明"], [["张三", "很长" * 50]])
    assert sheet.column_dimensions["A"].width == 8
    assert sheet.column_dimensions["B"].width == 42


def test_control_characters_are_dropped():
    assert written(["姓名"], [["张\x00\x08三"]])["A2"].value == "张三"


def test_rows_may_come_from_a_generator():
    sheet = written(["数"], ([number] for number in range(500)))
    assert sheet.max_row == 501


def test_what_is_exported_can_be_imported_again():
    people = [["=张三", "35052419900101001X"], ["+李四", "'E12345678"], ["王五", None]]
    file = io.BytesIO()
    tables.write_table(file, ["姓名", "身份证号"], people, title="会员名册", watermark="导出：王五")
    sheet = tables.open_sheet(file.getvalue(), NAMES)
    rows = list(tables.read_rows(sheet, NAMES, tables.propose_mapping(sheet, NAMES)))
    assert [(row.values["name"], row.values["id_number"]) for row in rows] == [
        ("=张三", "35052419900101001X"),
        ("+李四", "E12345678"),
        ("王五", None),
    ]


def test_the_report_keeps_every_row_in_its_place_and_adds_result_and_reason():
    book = Workbook()
    for row in [
        ["名册"],
        ["姓名", "身份证号", "入会"],
        ["张三", "E1", date(2020, 1, 2)],
        ["=1+1"],
        ["合计", 2],
    ]:
        book.active.append([f"'{cell}" if cell == "=1+1" else cell for cell in row])
    file = io.BytesIO()
    book.save(file)
    sheet = tables.open_sheet(file.getvalue(), NAMES)
    mapping = tables.propose_mapping(sheet, NAMES)
    outcomes = {
        3: tables.Outcome("未导入", "身份证号不对。", rejected=True),
        4: tables.Outcome("新增"),
        5: tables.Outcome("跳过", "合计行"),
    }
    report = io.BytesIO()
    tables.write_report(report, sheet, mapping, outcomes, watermark="导出：王五")
    made = load_workbook(report).active
    assert values(made) == [
        ["名册", None, None, None, None],
        ["姓名", "身份证号", "入会", "结果", "原因"],
        ["张三", "E1", datetime.fromisoformat("2020-01-02"), "未导入", "身份证号不对。"],
        ["'=1+1", None, None, "新增", None],
        ["合计", 2, None, "跳过", "合计行"],
        ["导出：王五", None, None, None, None],
    ]
    assert [made.cell(row, 4).fill.fgColor.rgb[-6:] for row in (3, 4)] == ["FBE3E4", "000000"]
    assert made.freeze_panes == "A3"
