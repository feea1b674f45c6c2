from datetime import date, datetime, time

import pytest
from django.db.models import TextChoices
from hypothesis import given
from hypothesis import strategies as st

from huigong.core.identity import Sex, check_digit
from huigong.core.tables import cells

NEW_YEAR = date(1990, 1, 1)


class Kind(TextChoices):
    INDEPENDENT = "01", "独立"
    JOINT = "02", "联合"
    WAITING = "3", "待(下)岗"


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (date(1990, 1, 1), NEW_YEAR),
        (datetime.fromisoformat("1990-01-01T08:30"), NEW_YEAR),
        ("1990-1-1", NEW_YEAR),
        ("1990-01-01", NEW_YEAR),
        ("1990/01/01", NEW_YEAR),
        ("1990/1/1 0:00:00", NEW_YEAR),
        ("1990-01-01T08:30:00", NEW_YEAR),
        ("1990.1.1", NEW_YEAR),
        ("1990.1.1.", NEW_YEAR),
        ("1990。1。1", NEW_YEAR),
        ("1990，1，1", NEW_YEAR),
        ("1990、1、1", NEW_YEAR),
        ("1990 1 1", NEW_YEAR),
        ("1990\\1\\1", NEW_YEAR),
        ("1990年1月1日", NEW_YEAR),
        ("1990年01月01号", NEW_YEAR),
        (" 1990 年 1 月 1 日 ", NEW_YEAR),
        ("1990年1月", NEW_YEAR),
        ("1990-1", NEW_YEAR),
        ("1990.1", NEW_YEAR),
        ("1990.10", date(1990, 10, 1)),
        (1990.12, date(1990, 12, 1)),
        (1990.5, date(1990, 5, 1)),
        ("19900101", NEW_YEAR),
        (19900101.0, NEW_YEAR),
        (19900101, NEW_YEAR),
        ("199001", NEW_YEAR),
        (199001.0, NEW_YEAR),
        ("１９９０－０１－０１", NEW_YEAR),
        ("１９９０．１．１", NEW_YEAR),
        ("1990–1–1", NEW_YEAR),
        ("一九九〇年一月一日", NEW_YEAR),
        ("二〇二一年十二月三十一日", date(2021, 12, 31)),
        ("二零二一年十月二十日", date(2021, 10, 20)),
        (32874.0, NEW_YEAR),
        (32874.75, NEW_YEAR),
        ("32874", NEW_YEAR),
        ("'1990-01-01", NEW_YEAR),
        ("2024-2-29", date(2024, 2, 29)),
        ("201505", date(2015, 5, 1)),
    ],
)
def test_day_reads_every_common_writing(cell, day):
    assert cells.day(cell) == day


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("90-1-1", "年份要写四位"),
        ("90.1.1", "年份要写四位"),
        ("90年1月", "年份要写四位"),
        ("900101", "年份要写四位"),
        ("201105", "年份要写四位"),
        (900101.0, "年份要写四位"),
        ("1/2/1990", "分不清哪个是月"),
        ("01-02-1990", "分不清哪个是月"),
        (1990.1, "分不清是 1 月还是 10 月"),
        (1990.0, "只有年份"),
        ("1990-2-30", "没有这一天"),
        ("1990-13-1", "没有这一天"),
        ("19901301", "没有这一天"),
        ("0190-01-01", "年份应在"),
        ("2199-01-01", "年份应在"),
        ("去年", "不是日期"),
        ("1990", "只有年份"),
        (12.0, "不是日期"),
        (True, "不是日期"),
        (time(8, 30), "不是日期"),
        ("1990-1-1-1", "不是日期"),
        ("=TODAY()", "不是日期"),
        (3.5e17, "Excel"),
        (float("nan"), "Excel"),
    ],
)
def test_day_refuses_what_can_be_read_in_two_ways(cell, says):
    with pytest.raises(ValueError, match=says):
        cells.day(cell)


@given(st.dates(date(1927, 6, 1), date(2099, 12, 31)))
def test_day_reads_the_same_date_in_all_its_forms(day):
    serial = (day - date(1899, 12, 30)).days
    forms = [
        day,
        float(serial),
        str(serial),
        f"{day:%Y%m%d}",
        float(f"{day:%Y%m%d}"),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
    ]
    assert {cells.day(form) for form in forms} == {day}


@given(st.one_of(st.text(max_size=15), st.floats(), st.integers(), st.booleans(), st.times()))
def test_no_parser_gives_anything_but_a_value_or_a_sentence(cell):
    parsers = [
        cells.day, cells.name, cells.id_number, cells.phone, cells.sex, cells.yes_no, cells.whole(),
        cells.text(5), cells.credit_code, cells.document_number, cells.choice(Kind),
    ]  # fmt: skip
    for parse in parsers:
        try:
            parse(cell)
        except ValueError as refused:
            sentence = str(refused)
            assert sentence.endswith("。")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("  泉州市　惠安县\u00a0", "泉州市　惠安县"),
        (13800138000.0, "13800138000"),
        (3.5, "3.5"),
        (0.0, "0"),
        (999_999_999_999_999.0, "999999999999999"),
        (True, "是"),
        (date(1990, 1, 1), "1990-01-01"),
        ("'=1+1", "=1+1"),
        ("'+86 138", "+86 138"),
        ("'quoted'", "'quoted'"),
        ("1E10", "1E10"),
    ],
)
def test_as_text_gives_what_the_cadre_reads(cell, text):
    assert cells.as_text(cell) == text


@pytest.mark.parametrize(
    "cell", [3.5052419900101e17, 1e15, -1e15, "3.50524E+17", "3.5052419900101E+17", "3E+17"]
)
def test_numbers_that_lost_their_last_digits_are_refused_everywhere(cell):
    for parse in (cells.id_number, cells.phone, cells.text(), cells.document_number, cells.credit_code):
        with pytest.raises(ValueError, match="Excel 已把后几位变成 0"):
            parse(cell)


def test_an_id_number_that_was_a_float_and_became_text_again_is_explained():
    with pytest.raises(ValueError, match="找不回来"):
        cells.id_number("350524199001010000")


def test_an_id_number_that_really_ends_in_zeros_passes():
    bodies = [f"350524199001{day:02}100" for day in range(1, 32)]
    number = next(body + "0" for body in bodies if check_digit(body) == "0")
    assert cells.id_number(number).number == number


def test_is_blank_knows_strokes_that_stand_for_nothing():
    assert all(map(cells.is_blank, [None, "", "  ", "　", "/", " - ", "——", "\u200b"]))
    assert not any(map(cells.is_blank, ["无", 0.0, False, "a", " - 1"]))


@pytest.mark.parametrize("cell", ["01", "1", 1.0, 1, "独立", " 独 立 ", "01 独立", "01-独立", "独立(01)"])
def test_choice_takes_labels_codes_or_both(cell):
    assert cells.choice(Kind)(cell) is Kind.INDEPENDENT


def test_choice_ignores_brackets_and_takes_further_wordings():
    parse = cells.choice(Kind, also={"联合工会": "02"})
    assert parse("待下岗") is Kind.WAITING
    assert parse("联合工会") == Kind.JOINT
    with pytest.raises(ValueError, match="“其他”不在可选范围内，请填：独立、联合、待"):
        parse("其他")


def test_choice_passes_over_numbers_of_another_code_list():
    parse = cells.choice({"enterprise": "企业职工", "courier": "快递员"})
    assert {parse(cell) for cell in ("01 企业职工", "1.企业职工", "企业职工（1）")} == {"enterprise"}
    for cell in ("01", "1", "12 3"):
        with pytest.raises(ValueError, match="不在可选范围内"):
            parse(cell)


def test_sex_and_yes_no_know_their_many_writings():
    assert {cells.sex(cell) for cell in ("男", "男性", "M", 1.0, "1")} == {Sex.MALE}
    assert {cells.sex(cell) for cell in ("女", "女 ", "F", 2.0)} == {Sex.FEMALE}
    assert {cells.yes_no(cell) for cell in ("是", "√", "有", "Y", 1.0, True)} == {True}
    assert {cells.yes_no(cell) for cell in ("否", "无", "×", "N", 0.0, False)} == {False}
    with pytest.raises(ValueError, match="是、否"):
        cells.yes_no("大概")


@pytest.mark.parametrize(
    ("cell", "value"), [("1,200", 1200), ("１２", 12), (12.0, 12), ("12.0", 12), (" 7 ", 7), ("120 人", 120)]
)
def test_whole_reads_numbers_as_people_write_them(cell, value):
    assert cells.whole()(cell) == value


@pytest.mark.parametrize(
    ("cell", "says"),
    [("约12人", "整数"), ("人", "整数"), (1.5, "整数"), ("-1", "应在 0 至 100"), (101.0, "应在")],
)
def test_whole_refuses_what_is_no_whole_number_in_range(cell, says):
    with pytest.raises(ValueError, match=says):
        cells.whole(0, 100)(cell)


def test_phone_reads_number_cells_and_refuses_two_numbers():
    assert cells.phone(13800138000.0) == "13800138000"
    assert cells.phone(8613800138000.0) == "13800138000"
    assert cells.phone("13800138000.0") == "13800138000"
    assert cells.phone('="13800138000"') == "13800138000"
    assert cells.phone("013800138000") == "13800138000"
    with pytest.raises(ValueError, match="不止一个手机号"):
        cells.phone("13800138000/13900139000")


def test_text_says_how_much_too_long_it_is():
    with pytest.raises(ValueError, match="最多 3 个字，现在有 4 个"):
        cells.text(3)("一二三四")


def test_a_month_may_be_called_one():
    assert cells.day("2019年3月份") == date(2019, 3, 1)
