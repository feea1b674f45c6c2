"""Sheets as cadres really have them: each must be read right, or say which row and why."""

import io
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from huigong.core import tables
from huigong.core.identity import Sex, check_digit
from huigong.core.tables import cells

ROLL = tables.Schema(
    columns=(
        tables.Column("name", "姓名", cells.name, ("职工姓名", "会员姓名"), required=True),
        tables.Column(
            "id_number",
            "身份证号",
            cells.id_number,
            ("身份证号码", "证件号码", "身份证"),
            required=True,
            telling=True,
        ),
        tables.Column("phone", "手机号", cells.phone, ("联系电话", "手机号码", "电话"), telling=True),
        tables.Column("sex", "性别", cells.sex),
        tables.Column("union", "所在工会", cells.text(), ("工会名称", "工作单位", "单位名称")),
        tables.Column("joined_on", "入会时间", cells.day, ("入会日期", "入会年月")),
    ),
    unique=("id_number",),
)


def an_id(sequence: int) -> str:
    body = f"35052419900101{sequence:03}"
    return body + check_digit(body)


ID_1, ID_2, ID_3 = an_id(1), an_id(2), an_id(3)
HEAD = ["姓名", "身份证号", "手机号", "性别", "所在工会", "入会时间"]
ZHANG = ["张三", ID_1, "13800138000", "男", "环卫工会", "2020-01-02"]
LI = ["李四", ID_2, "13900139000", "女", "环卫工会", "2021-03-04"]
CLEAN = [
    ("张三", ID_1, "13800138000", Sex.MALE, "环卫工会", date(2020, 1, 2)),
    ("李四", ID_2, "13900139000", Sex.FEMALE, "环卫工会", date(2021, 3, 4)),
]


def xlsx(rows, merges=(), *, more=(), at="A1") -> bytes:
    """A workbook; `more` are further sheets as (title, rows, state)."""
    book = Workbook()
    fill(book.active, rows, at)
    for area in merges:
        book.active.merge_cells(area)
    for title, others, state in more:
        sheet = book.create_sheet(title)
        fill(sheet, others)
        sheet.sheet_state = state
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def fill(sheet, rows, at="A1"):
    top, left = sheet[at].row, sheet[at].column
    for down, row in enumerate(rows):
        for right, value in enumerate(row):
            sheet.cell(top + down, left + right).value = value


def csv_of(rows, encoding="utf-8-sig", delimiter=",") -> bytes:
    return "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)


def reordered(rows, order):
    return [[row[place] for place in order] for row in rows]


def with_first(column, rows):
    return [[first, *row] for first, row in zip(column, rows, strict=True)]


def read(content: bytes, schema=ROLL):
    sheet = tables.open_sheet(content, schema)
    reading = tables.read_rows(sheet, schema, tables.propose_mapping(sheet, schema))
    return list(reading), reading


def plain(row) -> tuple:
    values = dict(row.values)
    if values["id_number"]:
        values["id_number"] = values["id_number"].number
    return tuple(values.values())


def changed(row, **values):
    """The row with other cells, by position of HEAD: changed(ZHANG, c1="…")."""
    return [values.get(f"c{place}", cell) for place, cell in enumerate(row)]


TITLE = ["惠安县环卫工会会员花名册（姓名、身份证号须与证件一致）"]

DIRTY = {
    "clean": xlsx([HEAD, ZHANG, LI]),
    "one title row": xlsx([TITLE, HEAD, ZHANG, LI], ["A1:F1"]),
    "title, unit line and blank rows above": xlsx(
        [
            [],
            TITLE,
            ["填报单位：环卫工会（盖章）", None, None, "填报日期：2026年11月1日"],
            [],
            HEAD,
            ZHANG,
            LI,
        ]
    ),
    "not starting in A1": xlsx([HEAD, ZHANG, LI], at="C5"),
    "numbered rows": xlsx(with_first(["序号", 1, 2], [HEAD, ZHANG, LI])),
    "other column order": xlsx(reordered([HEAD, ZHANG, LI], [3, 5, 1, 0, 4, 2])),
    "other wording": xlsx([["会员姓名", "证件号码", "联系电话", "性别", "单位名称", "入会年月"], ZHANG, LI]),
    "notes in the headings": xlsx(
        [["*姓名", "身份证号码（18位）", "手机\n号码", "性 别", "1.工会名称【全称】", "入会时间:"], ZHANG, LI]
    ),
    "a slip of the pen in a heading": xlsx(
        [["姓名", "身分证号码", "手机号", "性别", "所在工会", "入会时问"], ZHANG, LI]
    ),
    "headings that say nothing": xlsx(
        [["姓名", "编号甲", "编号乙", "性别", "所在工会", "入会时间"], ZHANG, LI]
    ),
    "columns of other people": xlsx(
        [
            ["紧急联系人电话", "配偶姓名", *HEAD, "介绍人姓名"],
            ["13700137000", "王五", *ZHANG, "赵六"],
            ["13700137001", "孙七", *LI, "周八"],
        ]
    ),
    "stray spaces": xlsx(
        [
            HEAD,
            [
                "张　三 ",
                f" {ID_1[:6]} {ID_1[6:14]} {ID_1[14:]}",
                "138 0013 8000",
                " 男",
                "环卫工会\u00a0",
                "2020-01-02 ",
            ],
            LI,
        ]
    ),
    "full-width digits": xlsx(
        [
            HEAD,
            changed(
                ZHANG,
                c1=ID_1.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789X"}),
                c2="１３８００１３８０００",
                c5="２０２０－０１－０２",
            ),
            LI,
        ]
    ),
    "number and date cells": xlsx(
        [
            HEAD,
            changed(ZHANG, c2=13800138000, c5=datetime.fromisoformat("2020-01-02")),
            changed(LI, c2=13900139000.0, c5=date(2021, 3, 4)),
        ]
    ),
    "dates as serials and as one number": xlsx([HEAD, changed(ZHANG, c5=43832), changed(LI, c5=20210304)]),
    "dates in other writings": xlsx([HEAD, changed(ZHANG, c5="2020年1月2日"), changed(LI, c5="2021.3.4")]),
    "codes for labels": xlsx([HEAD, changed(ZHANG, c3=1), changed(LI, c3="2")]),
    "apostrophes from another program": xlsx([HEAD, changed(ZHANG, c1=f"'{ID_1}", c2="'13800138000"), LI]),
    "phones with country code": xlsx(
        [HEAD, changed(ZHANG, c2="+86-138-0013-8000"), changed(LI, c2=8613900139000)]
    ),
    "unit merged over its people": xlsx([HEAD, ZHANG, changed(LI, c4=None)], ["E2:E3"]),
    "header of two rows": xlsx(
        [
            ["姓名", "证件", None, "性别", "所在工会", "入会时间"],
            [None, "身份证号", "手机号", None, None, None],
            ZHANG,
            LI,
        ],
        ["A1:A2", "B1:C1", "D1:D2", "E1:E2", "F1:F2"],
    ),
    "line of column numbers": xlsx([HEAD, ["1", "2", "3", "4", "5", "6"], ZHANG, LI]),
    "line of column letters": xlsx([HEAD, ["甲", "乙", 1, 2, 3, 4], ZHANG, LI]),
    "header repeated on the second page": xlsx([HEAD, ZHANG, TITLE, HEAD, LI], ["A3:F3"]),
    "blank lines between and below": xlsx([HEAD, [], ZHANG, ["", " "], LI, [], ["", None, "　"]]),
    "strokes in an empty line": xlsx([HEAD, ZHANG, LI, ["/", "/", "/", "/"]]),
    "rows numbered in advance": xlsx(
        with_first(["序号", 1, 2, 3, 4], [HEAD, ZHANG, LI, [None] * 6, [None] * 6])
    ),
    "total below": xlsx([HEAD, ZHANG, LI, ["合计", None, None, 2]]),
    "total with a count": xlsx([HEAD, ZHANG, LI, ["合 计：2人"]]),
    "total in the second cell": xlsx(
        with_first(["序号", 1, 2, 3], [HEAD, ZHANG, LI, ["总计", 2, None, None, None, None]])
    ),
    "subtotals between groups": xlsx([HEAD, ZHANG, ["小计", "1"], LI, ["小计", "1"], ["总计", "2"]]),
    "signatures below": xlsx(
        [
            HEAD,
            ZHANG,
            LI,
            [],
            ["制表人：王五", None, "审核人：赵六", None, "填表日期：2026年11月"],
            ["单位负责人（签字）：", None, None, "联系电话：87382000"],
            [None, None, None, None, "惠安县总工会（盖章）"],
            [None, None, None, None, None, "2026年11月23日"],
        ]
    ),
    "notes below": xlsx([HEAD, ZHANG, LI, ["备注：身份证号请核对两遍"], ["注1"], ["以下空白"]]),
    "example row": xlsx(
        with_first(
            ["序号", "示例", 1, 2], [HEAD, ["陈某某", "350…", "138…", "男", "某工会", "2020"], ZHANG, LI]
        )
    ),
    "captions between groups": xlsx([HEAD, ["一、机关"], ZHANG, ["二、下属企业"], LI], ["A2:F2", "A4:F4"]),
    "data on the second sheet": xlsx(
        [["填写说明"], ["姓名要与身份证一致"]], more=[("名册", [HEAD, ZHANG, LI], "visible")]
    ),
    "a hidden sheet that would fit too": xlsx(
        [HEAD, ZHANG, LI], more=[("旧名册", [HEAD, LI, ZHANG], "hidden"), ("更旧", [HEAD, LI], "veryHidden")]
    ),
    "csv in GBK": csv_of([HEAD, ZHANG, LI], "gbk"),
    "csv in UTF-8 with mark": csv_of([HEAD, ZHANG, LI]),
    "csv in UTF-8": csv_of([HEAD, ZHANG, LI], "utf-8"),
    "text of Excel in UTF-16 with tabs": csv_of([HEAD, ZHANG, LI], "utf-16", "\t"),
    "csv with semicolons and blank lines": csv_of([TITLE, [""], HEAD, ZHANG, LI, [""]], "gb18030", ";"),
}


@pytest.mark.parametrize("content", DIRTY.values(), ids=DIRTY.keys())
def test_a_dirty_sheet_gives_the_same_two_people(content):
    rows, _ = read(content)
    assert [row.errors for row in rows] == [[], []]
    assert [plain(row) for row in rows] == CLEAN


def test_row_numbers_are_those_excel_shows():
    rows, reading = read(DIRTY["subtotals between groups"])
    assert [row.number for row in rows] == [2, 4]
    assert [(skipped.number, skipped.reason) for skipped in reading.skipped] == [
        (3, "合计行"),
        (5, "合计行"),
        (6, "合计行"),
    ]


def test_every_skipped_line_says_why():
    _, reading = read(DIRTY["signatures below"])
    assert {skipped.number: skipped.reason for skipped in reading.skipped} == dict.fromkeys(
        [5, 6, 7, 8], "签名或日期行"
    )
    assert reading.blank == 1
    _, reading = read(DIRTY["header repeated on the second page"])
    assert [(skipped.number, skipped.reason) for skipped in reading.skipped] == [
        (3, "小标题行"),
        (4, "重复的表头"),
    ]
    _, reading = read(DIRTY["notes below"])
    assert [skipped.reason for skipped in reading.skipped] == ["说明行"] * 3


def test_reading_twice_gives_the_same_rows_and_the_same_skipped_lines():
    _, reading = read(DIRTY["subtotals between groups"])
    once = [plain(row) for row in reading]
    assert [plain(row) for row in reading] == once == CLEAN
    assert len(reading.skipped) == 3


FAULTY = {
    "name missing": (changed(ZHANG, c0=None), "name", "姓名没有填"),
    "name that says nothing": (changed(ZHANG, c0="无"), "name", None),
    "name with a number": (changed(ZHANG, c0="张三2"), "name", "不应有数字"),
    "id missing": (changed(ZHANG, c1="/"), "id_number", "身份证号没有填"),
    "id too short": (changed(ZHANG, c1=ID_1[:17]), "id_number", "现在是 17 位"),
    "id with wrong check digit": (
        changed(ZHANG, c1=ID_1[:17] + ("1" if ID_1[17] != "1" else "2")),
        "id_number",
        "最后一位",
    ),
    "id turned into a float": (changed(ZHANG, c1=3.5052419900101e17), "id_number", "Excel 已把后几位变成 0"),
    "id as a whole number": (
        changed(ZHANG, c1=int(an_id(5).replace("X", "0"))),
        "id_number",
        "Excel 已把后几位变成 0",
    ),
    "id shown in scientific writing": (
        changed(ZHANG, c1="3.50524E+17"),
        "id_number",
        "Excel 已把后几位变成 0",
    ),
    "id of the first generation": (changed(ZHANG, c1="350524900101001"), "id_number", "已停用"),
    "two phones": (changed(ZHANG, c2="13800138000、13900139000"), "phone", "不止一个手机号"),
    "phone too short": (changed(ZHANG, c2=1380013800), "phone", "现在是 10 位"),
    "unknown sex": (changed(ZHANG, c3="保密"), "sex", "请填：男、女"),
    "two-digit year": (changed(ZHANG, c5="20-1-2"), "joined_on", "年份要写四位"),
    "no such day": (changed(ZHANG, c5="2021-02-30"), "joined_on", "没有这一天"),
    "a year alone": (changed(ZHANG, c5=2020), "joined_on", "只有年份"),
}


@pytest.mark.parametrize(("bad", "field", "says"), FAULTY.values(), ids=FAULTY.keys())
def test_a_faulty_row_names_the_column_and_the_reason_and_the_next_row_is_read(bad, field, says):
    rows, _ = read(xlsx([TITLE, HEAD, bad, LI]))
    assert [row.number for row in rows] == [3, 4]
    assert [error.field for error in rows[0].errors] == [field]
    assert says is None or says in rows[0].errors[0].reason
    assert rows[0].values[field] is None
    assert plain(rows[1]) == CLEAN[1]


def test_all_faults_of_a_row_are_named_at_once():
    rows, _ = read(xlsx([HEAD, ["", "1", "2", "?", "", "昨天"]]))
    assert [error.field for error in rows[0].errors] == ["name", "id_number", "phone", "sex", "joined_on"]


def test_words_for_nothing_leave_an_optional_column_empty():
    rows, _ = read(xlsx([HEAD, changed(ZHANG, c2="无", c3="不详", c5="暂无")]))
    assert rows[0].errors == []
    assert (rows[0].values["phone"], rows[0].values["sex"], rows[0].values["joined_on"]) == (None, None, None)


def test_the_same_id_twice_points_to_the_first_row():
    rows, _ = read(xlsx([HEAD, ZHANG, LI, changed(LI, c1=f"{ID_1[:6]} {ID_1[6:]}"), ZHANG]))
    assert [error.reason for row in rows for error in row.errors] == ["与第 2 行重复。", "与第 2 行重复。"]
    assert [row.number for row in rows if row.errors] == [4, 5]


def test_a_caption_is_skipped_but_a_lonely_name_is_a_fault():
    rows, reading = read(xlsx([HEAD, ["一、机关"], ZHANG, ["李四"]], ["A2:F2"]))
    assert [skipped.number for skipped in reading.skipped] == [2]
    assert rows[1].errors[0].field == "id_number"


def test_a_person_called_like_a_sign_word_is_not_lost():
    rows, reading = read(
        xlsx([HEAD, changed(ZHANG, c0="单位"), changed(LI, c0="负责"), changed(LI, c0="日期", c1=ID_3)])
    )
    assert [row.values["name"] for row in rows] == ["单位", "负责", "日期"]
    assert reading.skipped == []


def test_a_total_formula_and_its_label_are_skipped():
    _, reading = read(xlsx([HEAD, ZHANG, LI, ["合计", "=COUNTA(B2:B3)"]]))
    assert [skipped.reason for skipped in reading.skipped] == ["合计行"]


def test_the_mapping_names_what_it_did_not_use_and_how_sure_it_is():
    sheet = tables.open_sheet(DIRTY["columns of other people"], ROLL)
    mapping = tables.propose_mapping(sheet, ROLL)
    assert mapping.unmapped == ("紧急联系人电话", "配偶姓名", "介绍人姓名")
    assert mapping.confidence == 1.0
    vague = tables.propose_mapping(tables.open_sheet(DIRTY["headings that say nothing"], ROLL), ROLL)
    assert vague.columns["id_number"] == 1
    assert vague.confidence < 0.9


def test_a_heading_about_somebody_else_is_never_taken():
    content = xlsx([["姓名", "身份证号", "紧急联系人电话"], ["张三", ID_1, "无"]])
    assert "phone" not in tables.propose_mapping(tables.open_sheet(content, ROLL), ROLL).columns
    content = xlsx([["姓名", "身份证号", "配偶"], ["张三", ID_1, "13800138000"]])
    assert "phone" not in tables.propose_mapping(tables.open_sheet(content, ROLL), ROLL).columns


def test_a_person_may_correct_the_mapping_and_it_survives_json():
    content = xlsx([["甲方", "乙方", "丙方"], ["张三", ID_1, "13800138000"]])
    sheet = tables.open_sheet(content, ROLL)
    guess = tables.propose_mapping(sheet, ROLL)
    with pytest.raises(tables.TableRefused, match="没有找到“姓名”、“身份证号”这一列"):
        tables.read_rows(sheet, ROLL, guess)
    chosen = guess.corrected({"name": 0, "id_number": 1}, header_row=1)
    assert tables.Mapping.from_json(chosen.as_json()) == chosen
    (row,) = tables.read_rows(sheet, ROLL, chosen)
    assert row.values["name"] == "张三"
    assert row.values["phone"] is None


@pytest.mark.parametrize(
    "columns", [{"name": 0, "id_number": 99}, {"name": 1, "id_number": 1}, {"name": -1, "id_number": 1}]
)
def test_a_mapping_that_cannot_be_is_refused(columns):
    sheet = tables.open_sheet(DIRTY["clean"], ROLL)
    with pytest.raises(tables.TableRefused, match="请重新指定"):
        tables.read_rows(sheet, ROLL, tables.Mapping(1, columns))


def test_a_sheet_of_which_no_column_is_known_is_refused_even_if_none_is_required():
    loose = tables.Schema(
        (tables.Column("name", "姓名", cells.name), tables.Column("sex", "性别", cells.sex))
    )
    with pytest.raises(tables.TableRefused, match="没有一列对得上"):
        read(xlsx([["甲方", "乙方"], ["张三", "男"]]), loose)


def test_short_lines_of_a_csv_are_faults_not_failures():
    rows, _ = read(csv_of([HEAD, ZHANG, ["李四"]]))
    assert [error.field for error in rows[1].errors] == ["id_number"]


def test_a_fixed_header_row_is_obeyed():
    content = xlsx([HEAD, ZHANG, ["姓名", "身份证号", "手机号"], LI])
    sheet = tables.open_sheet(content, ROLL)
    assert tables.propose_mapping(sheet, ROLL).header_row == 1
    assert tables.propose_mapping(sheet, ROLL, header_row=3).header_row == 3


def test_a_sheet_can_be_chosen_by_name():
    content = DIRTY["data on the second sheet"]
    assert tables.open_sheet(content, ROLL).name == "名册"
    other = tables.open_sheet(content, ROLL, name="Sheet")
    assert (other.name, other.others) == ("Sheet", ("名册",))


def test_a_sheet_without_any_header_cannot_be_read_by_guess():
    sheet = tables.open_sheet(xlsx([ZHANG, LI]), ROLL)
    mapping = tables.propose_mapping(sheet, ROLL)
    assert mapping.header_row == 0
    assert mapping.columns == {"id_number": 1, "phone": 2}
    with pytest.raises(tables.TableRefused, match="姓名"):
        tables.read_rows(sheet, ROLL, mapping)


def test_a_schema_with_one_column_is_found_by_its_heading():
    only = tables.Schema((tables.Column("name", "姓名", cells.name, required=True),))
    rows, _ = read_names(xlsx([TITLE, ["姓名"], ["张三"], ["李四"]]), only)
    assert rows == ["张三", "李四"]


def read_names(content, schema):
    sheet = tables.open_sheet(content, schema)
    reading = tables.read_rows(sheet, schema, tables.propose_mapping(sheet, schema))
    return [row.values["name"] for row in reading], reading


def test_a_schema_declared_wrongly_fails_at_once():
    column = tables.Column("name", "姓名", cells.name)
    with pytest.raises(TypeError):
        tables.Schema((column, column))
    with pytest.raises(TypeError):
        tables.Schema((column,), unique=("id_number",))


@pytest.mark.parametrize(
    ("top", "merges"),
    [
        ([["名册"], ["姓名", "证件", None, "所在工会"], ["", "类型", "号码", "名称"]], ()),
        ([["姓名", "证件", None, "工会"], [None, "类型", "号码", "名称"]], ("A1:A2", "B1:C1")),
        ([["人员信息", None, None, "工会"], ["姓名", "证件类型", "身份证号", "所在工会"]], ("A1:C1",)),
    ],
)
def test_a_header_of_two_rows_is_read_as_one(top, merges):
    sheet = tables.open_sheet(xlsx([*top, ["张三", "身份证", ID_1, "环卫工会"]], merges), ROLL)
    mapping = tables.propose_mapping(sheet, ROLL)
    assert mapping.header_row == len(top)
    (row,) = tables.read_rows(sheet, ROLL, mapping)
    assert (row.errors, row.values["id_number"].number, row.values["union"]) == ([], ID_1, "环卫工会")


def test_a_heading_over_two_columns_never_makes_the_lower_row_a_person():
    rows = [["姓名", "身份证号", "入会时间", None], [None, None, "年", "月"], ["张三", ID_1, 2019, 3]]
    sheet = tables.open_sheet(xlsx(rows, ("A1:A2", "B1:B2", "C1:D1")), ROLL)
    (row,) = tables.read_rows(sheet, ROLL, tables.propose_mapping(sheet, ROLL))
    assert [error.reason for error in row.errors] == ["只有年份，请补上月和日。"]


def test_a_header_printed_again_on_the_next_page_is_not_taken_for_the_first():
    sheet = tables.open_sheet(xlsx([HEAD, ZHANG, HEAD, LI]), ROLL)
    mapping = tables.propose_mapping(sheet, ROLL)
    assert mapping.header_row == 1
    assert [row.values["name"] for row in tables.read_rows(sheet, ROLL, mapping)] == ["张三", "李四"]


def test_people_side_by_side_are_refused_before_half_of_them_is_lost():
    sheet = tables.open_sheet(
        xlsx([["姓名", "身份证号", "姓名", "身份证号"], ["张三", ID_1, "李四", ID_2]]), ROLL
    )
    with pytest.raises(tables.TableRefused, match="并排有两组“姓名”"):
        tables.read_rows(sheet, ROLL, tables.propose_mapping(sheet, ROLL))


@pytest.mark.parametrize("ditto", ["同上", "〃", " 同上 "])
def test_ditto_means_the_cell_above(ditto):
    rows = [HEAD, ZHANG, [*LI[:4], ditto, ditto], [*LI[:1], ID_3, None, "女", ditto, None]]
    sheet = tables.open_sheet(xlsx(rows), ROLL)
    read = list(tables.read_rows(sheet, ROLL, tables.propose_mapping(sheet, ROLL)))
    assert [row.values["union"] for row in read] == ["环卫工会"] * 3
    assert [row.values["joined_on"] for row in read] == [date(2020, 1, 2), date(2020, 1, 2), None]
