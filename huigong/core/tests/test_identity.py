from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huigong.core import identity
from huigong.core.identity import Document, DocumentKind, IdNumber, Sex

GOOD = "35052419900101001"  # + check digit
ON = date(2026, 11, 23)


def id_number(first_seventeen: str) -> str:
    return first_seventeen + identity.check_digit(first_seventeen)


def test_check_digit_agrees_with_the_example_in_the_standard():
    assert identity.check_digit("11010519491231002") == "X"
    assert identity.check_digit("44052418800101001") == "4"


def test_parse_id_number_tells_birthday_and_sex():
    man = id_number("35052419900203001")
    assert identity.parse_id_number(man) == IdNumber(man, date(1990, 2, 3), Sex.MALE)
    assert identity.parse_id_number("11010519491231002X").sex == Sex.FEMALE


@pytest.mark.parametrize(
    "typed",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "11010519491231002×",
        "11010519491231002Х",
        "'11010519491231002X",
        "\u200e11010519491231002X\u00a0",
        "\ufeff110105194912310\n02X",
    ],
)
def test_parse_id_number_understands_how_people_type_it(typed):
    assert identity.parse_id_number(typed).number == "11010519491231002X"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "请填写身份证号"),
        ("   ", "请填写身份证号"),
        ("3505241990010100", "现在是 16 位"),
        ("3505241990010100123", "现在是 19 位"),
        ("110105491231002", "15 位的老身份证已停用"),
        ("3505241990O1010012", "只能是数字"),
        ("X50524199001010012", "只能是数字"),
        ("٣٥٠٥٢٤١٩٩٠٠١٠١٠٠١٢", "只能是数字"),
        (id_number("99052419900101001"), "外国人永久居留身份证"),
        (id_number("81000019900101001"), "港澳台居民居住证"),
        (id_number("38052419900101001"), "省份代码"),
        (id_number("00052419900101001"), "省份代码"),
        (id_number("35052419900230001"), "出生日期"),
        (id_number("35052419901301001"), "出生日期"),
        (id_number("35052400000101001"), "出生日期"),
        (id_number("35052418991231001"), "太早"),
        (id_number("35052420261124001"), "还没到"),
        ("110105194912310021", "最后一位对不上"),
    ],
)
def test_parse_id_number_refuses_with_a_sentence_that_says_what_to_do(typed, says):
    with pytest.raises(ValueError, match=says):
        identity.parse_id_number(typed, on=ON)


def test_parse_id_number_accepts_somebody_born_on_the_very_day():
    assert identity.parse_id_number(id_number("35052420261123001"), on=ON).born_on == ON


@given(st.text(max_size=30))
def test_parse_id_number_gives_a_number_or_a_sentence_for_any_text(text):
    try:
        answer = identity.parse_id_number(text).number
    except ValueError as refused:
        answer = str(refused)
    assert len(answer) == 18 or answer.endswith("。")


@given(
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999),
    st.sampled_from(["110101", "350524", "542621", "659001"]),
)
def test_every_well_made_number_passes_and_every_one_digit_slip_is_caught(born_on, sequence, region):
    number = id_number(f"{region}{born_on:%Y%m%d}{sequence:03}")
    assert identity.parse_id_number(number).born_on == born_on
    for place in range(6, 17):
        slipped = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        with pytest.raises(ValueError, match="。"):
            identity.parse_id_number(slipped)


def test_refusals_never_repeat_the_number():
    for number in ("110105194912310021", "38052419900101001X", "3505241990010100"):
        with pytest.raises(ValueError, match="。") as refused:
            identity.parse_id_number(number)
        assert number[:6] not in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "typed", "stored"),
    [
        (DocumentKind.HK_MACAO_PERMIT, "h12345678", "H12345678"),
        (DocumentKind.HK_MACAO_PERMIT, "M1234567801", "M1234567801"),
        (DocumentKind.TAIWAN_PERMIT, "１２３４５６７８", "12345678"),
        (DocumentKind.TAIWAN_PERMIT, "1234567890(B)", "1234567890B"),
        (DocumentKind.FOREIGN_PERMANENT_ID, "usa3501 90010112", "USA350190010112"),
        (DocumentKind.PASSPORT, "e12345678", "E12345678"),
        (DocumentKind.PASSPORT, "EA1234567", "EA1234567"),
        (DocumentKind.PASSPORT, "P<1234567".replace("<", ""), "P1234567"),
    ],
)
def test_parse_document_accepts_the_format_of_its_kind(kind, typed, stored):
    assert identity.parse_document(kind, typed) == Document(kind, stored)


def test_parse_document_reads_birthday_and_sex_where_the_number_has_them():
    permit = id_number("83000019951231002")
    assert identity.parse_document("residence_permit", permit) == Document(
        DocumentKind.RESIDENCE_PERMIT, permit, date(1995, 12, 31), Sex.FEMALE
    )
    foreigner = id_number("93584019900101001")
    assert identity.parse_document("foreign_permanent_id", foreigner).born_on == date(1990, 1, 1)
    resident = id_number("35052419900101001")
    assert identity.parse_document("resident_id", resident).sex == Sex.MALE


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (DocumentKind.HK_MACAO_PERMIT, "A12345678"),
        (DocumentKind.HK_MACAO_PERMIT, "H1234567"),
        (DocumentKind.TAIWAN_PERMIT, "1234567"),
        (DocumentKind.FOREIGN_PERMANENT_ID, id_number("35052419900101001")),
        (DocumentKind.FOREIGN_PERMANENT_ID, "USA35019001011"),
        (DocumentKind.RESIDENCE_PERMIT, id_number("35052419900101001")),
        (DocumentKind.RESIDENCE_PERMIT, id_number("83000019951331002")),
        (DocumentKind.PASSPORT, "ABCDEFG"),
        (DocumentKind.PASSPORT, "E123"),
        (DocumentKind.PASSPORT, "=1+1"),
    ],
)
def test_parse_document_refuses_the_format_of_another_kind(kind, typed):
    with pytest.raises(ValueError, match="。"):
        identity.parse_document(kind, typed)


@pytest.mark.parametrize(
    ("born_on", "day", "age"),
    [
        (date(2010, 11, 23), date(2026, 11, 22), 15),
        (date(2010, 11, 23), date(2026, 11, 23), 16),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2026, 11, 23), date(2026, 11, 23), 0),
    ],
)
def test_age_on_counts_full_years(born_on, day, age):
    assert identity.age_on(born_on, day) == age


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "+86 138 0013 8000",
        "0086-13800138000",
        "8613800138000",
        "138-0013-8000",
        "１３８００１３８０００",
        "（+86）13800138000",
        "138\u00a00013\u20108000",
    ],
)
def test_normalise_phone_understands_how_people_type_it(typed):
    assert identity.normalise_phone(typed) == "13800138000"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "请填写手机号"),
        ("1380013800", "现在是 10 位"),
        ("138001380001", "现在是 12 位"),
        ("12800138000", "不是手机号"),
        ("059587380001", "座机号"),
        ("05958738000", "座机号"),
        ("1380013800a", "只能是数字"),
        ("13800138000/13900139000", "只能是数字"),
        ("+85291234567", "只能是数字"),
    ],
)
def test_normalise_phone_refuses_what_is_no_mainland_mobile(typed, says):
    with pytest.raises(ValueError, match=says):
        identity.normalise_phone(typed)


def test_normalise_credit_code_accepts_published_codes():
    assert identity.normalise_credit_code("91350100M000100Y43") == "91350100M000100Y43"
    assert identity.normalise_credit_code(" 9144030071526726xg ") == "9144030071526726XG"
    assert identity.normalise_credit_code("91110000600037341L") == "91110000600037341L"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "现在是 0 位"),
        ("9135010OM000100Y43", "没有字母 O"),
        ("91350100M000100Y44", "最后一位对不上"),
        ("9135A100M000100Y43", "格式不对"),
        ("91350100M000100Y4", "现在是 17 位"),
    ],
)
def test_normalise_credit_code_refuses_slips(typed, says):
    with pytest.raises(ValueError, match=says):
        identity.normalise_credit_code(typed)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_credit_check_character_catches_every_single_slip(body):
    last = identity.credit_check_character(body)
    for place in range(17):
        other = "1" if body[place] == "0" else "0"
        assert identity.credit_check_character(body[:place] + other + body[place + 1 :]) != last


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" 张　三 ", "张三"),
        ("张\u00a0三\n", "张三"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉・买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉 ‧ 买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉.买买提", "阿卜杜拉·买买提"),
        ("阿卜杜拉．买买提", "阿卜杜拉·买买提"),
        ("𠮷野 家", "𠮷野家"),
        ("⽂⼩明", "文小明"),
        ("ＪＯＨＮ  Smith", "JOHN Smith"),
        ("\u200b李\ufeff四", "李四"),
        ("李 John", "李John"),
    ],
)
def test_normalise_name_removes_what_typing_added(typed, stored):
    assert identity.normalise_name(typed) == stored
    assert identity.parse_name(typed) == stored


@given(st.text())
def test_normalise_name_is_stable(text):
    once = identity.normalise_name(text)
    assert identity.normalise_name(once) == once


@pytest.mark.parametrize("name", ["𫠠䶮", "张\U00031350", "\ue863三", "J. R. O'Neil-Smith", "José"])
def test_parse_name_keeps_rare_characters_and_foreign_names(name):
    assert identity.parse_name(name) == name


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("张三（离职）", "括号里的说明"),
        ("张三、李四", "只能写一个人"),
        ("　 ", "请填写姓名"),
        ("张三2", "不应有数字"),
        ("<b>张三</b>", "符号"),
        ("=HYPERLINK(A)", "符号"),
        ("···", "符号"),
        ("张" * 51, "最多 50 个字"),
    ],
)
def test_parse_name_refuses_what_is_no_name(typed, says):
    with pytest.raises(ValueError, match=says):
        identity.parse_name(typed)


def test_masks_show_only_the_ends():
    assert identity.mask_id("11010519491231002X") == "110***********002X"
    assert identity.mask_id("H12345678") == "H******78"
    assert identity.mask_phone("13800138000") == "138****8000"
    assert identity.mask_name("张小丰") == "张*丰"
    assert identity.mask_name("张三") == "张*"
    assert identity.mask_name("张") == "*"
    assert identity.mask_name("") == ""
    assert identity.mask_id("12") == "**"
