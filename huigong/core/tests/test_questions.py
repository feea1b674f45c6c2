import json
from datetime import date

import pytest
from django.utils.datastructures import MultiValueDict
from hypothesis import given
from hypothesis import strategies as st

from huigong.core import crypto
from huigong.core.identity import check_digit
from huigong.core.questions import AnswersInvalid, Kind, SchemaInvalid, parse_schema

ID = "35052419900101001" + check_digit("35052419900101001")

SCHEMA = [
    {"id": "team", "kind": "text", "label": "队名", "required": True},
    {"id": "words", "kind": "long_text", "label": "想说的话"},
    {
        "id": "size",
        "kind": "single",
        "label": "衣服尺码",
        "options": ["S", "M", "L"],
        "required": True,
        "why": "订文化衫",
    },
    {"id": "dishes", "kind": "multiple", "label": "忌口", "options": ["辣", "海鲜", "牛羊肉"], "max": 2},
    {"id": "people", "kind": "number", "label": "人数", "min": 1, "max": 5},
    {"id": "arrives_on", "kind": "date", "label": "到达日期"},
    {"id": "drives", "kind": "yes_no", "label": "是否开车"},
    {"id": "contact", "kind": "phone", "label": "紧急电话", "why": "遇到意外时联系"},
    {"id": "card", "kind": "id_number", "label": "身份证号", "why": "买保险要用", "help": "18 位"},
]
ANSWERS = {
    "team": "先锋队",
    "words": "加油\n加油",
    "size": "M",
    "dishes": ["辣", "牛羊肉"],
    "people": 3,
    "arrives_on": "2026-05-01",
    "drives": False,
    "contact": "13800138000",
    "card": ID,
}
POSTED = {
    "q-team": ["  先锋队 "],
    "q-words": ["加油\r\n加油"],
    "q-size": ["M"],
    "q-dishes": ["牛羊肉", "辣"],
    "q-people": ["３"],
    "q-arrives_on": ["2026-05-01"],
    "q-drives": ["否"],
    "q-contact": ["138 0013 8000"],
    "q-card": [f" {ID.lower()} "],
}


def questions(*schema):
    return parse_schema(list(schema) or SCHEMA)


def one(kind, **settings):
    base = {"id": "it", "kind": kind, "label": "它"} | (
        {"why": "有用"} if kind in ("phone", "id_number") else {}
    )
    return questions(base | settings)


def faults(asked, **answers):
    with pytest.raises(AnswersInvalid) as invalid:
        asked.clean(answers)
    return invalid.value.errors


def test_the_same_answers_come_from_the_form_and_the_api():
    form = questions().form_class()(MultiValueDict(POSTED), prefix="q")
    assert form.is_valid(), form.errors
    assert form.cleaned_data == questions().clean(ANSWERS) == ANSWERS


def test_answers_are_plain_json_and_cleaning_them_again_changes_nothing():
    stored = json.loads(json.dumps(questions().clean(ANSWERS)))
    assert questions().clean(stored) == stored


def test_a_schema_written_out_reads_the_same():
    assert parse_schema(json.loads(json.dumps(questions().as_json()))) == questions()


def test_an_empty_schema_asks_nothing():
    assert parse_schema([]).clean({}) == {}
    assert parse_schema([]).form_class()({}).is_valid()


@pytest.mark.parametrize("nothing", [None, "", "  ", []])
def test_what_is_not_answered_is_left_out_or_asked_for(nothing):
    assert one("text").clean({"it": nothing}) == {}
    assert faults(one("text", required=True), it=nothing) == {"it": "请填写。"}
    assert faults(one("single", required=True, options=["甲", "乙"]), it=nothing) == {"it": "请选择。"}


def test_no_is_an_answer_to_a_required_question():
    assert one("yes_no", required=True).clean({"it": False}) == {"it": False}
    assert faults(one("yes_no", required=True)) == {"it": "请选择。"}


def test_all_faults_are_named_at_once_and_the_first_in_words():
    with pytest.raises(AnswersInvalid, match=r"^队名：请填写。$") as invalid:
        questions().clean({"size": "XXL", "people": 9})
    assert invalid.value.errors == {
        "team": "请填写。",
        "size": "请从选项里选一个。",
        "people": "请填 1 至 5 之间的数。",
    }


def test_answers_to_questions_nobody_asked_are_refused():
    assert faults(one("text"), it="好", is_staff=True) == {"is_staff": "没有这个问题。"}


@pytest.mark.parametrize(
    ("asked", "given", "says"),
    [
        (one("text"), "长" * 101, "最多 100 个字"),
        (one("text"), 5, "请填写文字"),
        (one("text"), {"a": 1}, "请填写文字"),
        (one("long_text"), "长" * 1001, "最多 1000 个字"),
        (one("single", options=["甲", "乙"]), "丙", "选一个"),
        (one("single", options=["甲", "乙"]), ["甲"], "选一个"),
        (one("multiple", options=["甲", "乙"]), "甲", "请从选项里选择"),
        (one("multiple", options=["甲", "乙"]), ["甲", "丙"], "请从选项里选择"),
        (one("multiple", options=["甲", "乙"]), [["甲"]], "请从选项里选择"),
        (one("multiple", options=["甲", "乙", "丙"], max=2), ["甲", "乙", "丙"], "最多选 2 个"),
        (one("multiple", options=["甲", "乙", "丙"], min=2), ["甲"], "至少选 2 个"),
        (one("number"), "三", "请填数字"),
        (one("number"), True, "请填数字"),
        (one("number"), "1e9", "请填数字"),
        (one("number"), float("nan"), "请填数字"),
        (one("number"), 10**15, "请填数字"),
        (one("number"), 1.234, "请填数字"),
        (one("number", min=1), 0, "不能小于 1"),
        (one("number", max=5), 5.01, "不能大于 5"),
        (one("date"), "明天", "不是日期"),
        (one("date"), "2026-02-30", "没有这一天"),
        (one("date"), 46000, "不是日期"),
        (one("yes_no"), "也许", "请选择"),
        (one("yes_no"), 1, "请选择"),
        (one("phone"), "1380013800", "现在是 10 位"),
        (one("phone"), 13800138000, "按文字填写"),
        (one("id_number"), ID[:17], "现在是 17 位"),
        (one("id_number"), 3.5e17, "按文字填写"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_by_api_and_form_alike(asked, given, says):
    assert says in faults(asked, it=given)["it"]
    if isinstance(given, str) and asked.items[0].kind != Kind.MULTIPLE:
        form = asked.form_class()({"it": given})
        assert says in form.errors["it"][0]


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), st.lists))
def test_no_answer_whatever_brings_anything_but_a_sentence(given):
    for question in questions():
        try:
            question.clean(given)
        except ValueError as refused:
            sentence = str(refused)
            assert sentence.endswith("。")


def test_text_loses_control_characters_and_keeps_its_lines_only_where_they_are_asked_for():
    assert one("text").clean({"it": " 甲\x00\x08乙\r\n丙 "}) == {"it": "甲  乙 丙"}
    assert one("long_text").clean({"it": " 甲\r\n乙 "}) == {"it": "甲\n乙"}


@pytest.mark.parametrize(
    ("given", "stored"), [("12.0", 12), ("12.5", 12.5), ("-3", -3), (7, 7), (7.25, 7.25)]
)
def test_numbers_are_stored_as_numbers(given, stored):
    assert one("number").clean({"it": given}) == {"it": stored}


@pytest.mark.parametrize("given", ["2026-5-1", "2026年5月1日", "2026/05/01", date(2026, 5, 1)])
def test_dates_typed_into_an_old_browser_are_understood(given):
    assert one("date").clean({"it": given}) == {"it": "2026-05-01"}


def test_the_form_says_why_a_thing_is_asked():
    form = questions().form_class()()
    assert form.fields["card"].help_text == "18 位。为什么要填：买保险要用"
    assert form.fields["size"].help_text == "为什么要填：订文化衫"
    assert form.fields["team"].help_text == ""


def test_the_form_has_a_fitting_control_for_each_kind():
    form = questions().form_class("q")()
    kinds = {field.name: field.widget_type for field in form}
    assert kinds == {
        "team": "text",
        "words": "textarea",
        "size": "radioselect",
        "dishes": "checkboxselectmultiple",
        "people": "number",
        "arrives_on": "date",
        "drives": "radioselect",
        "contact": "text",
        "card": "text",
    }
    assert form["team"].html_name == "q-team"
    assert 'type="tel"' in str(form["contact"])
    many = one("single", options=[str(number) for number in range(20)]).form_class()()
    assert many["it"].widget_type == "select"


def test_stored_answers_show_again_in_the_form():
    page = str(questions().form_class()(initial=ANSWERS))
    assert page.count("checked") == 4
    assert 'value="2026-05-01"' in page
    assert "先锋队" in page


@pytest.mark.parametrize(
    "name", ["prefix", "fields", "clean", "is_valid", "field_order", "default_renderer", "data"]
)
def test_a_question_may_be_called_like_a_part_of_the_form(name):
    asked = questions({"id": name, "kind": "text", "label": "它", "required": True})
    assert not asked.form_class()({}).is_valid()
    form = asked.form_class()({name: "好"})
    assert form.is_valid()
    assert form.cleaned_data == {name: "好"}


def test_exports_are_typed_and_mask_phones_and_id_numbers():
    assert [column.label for column in questions().excel_columns()] == [
        question["label"] for question in SCHEMA
    ]
    values = questions().excel_values(ANSWERS)
    assert values == [
        "先锋队", "加油\n加油", "M", "辣、牛羊肉", 3, date(2026, 5, 1), "否", "138****8000", f"350***********{ID[-4:]}",
    ]  # fmt: skip
    assert questions().excel_values(ANSWERS, masked=False)[-2:] == ["13800138000", ID]
    assert questions().excel_values({}) == [""] * 9


def test_answers_from_before_a_question_changed_are_still_shown():
    assert one("date").excel_values({"it": "下周"}) == ["下周"]
    assert one("date").excel_values({"it": 5}) == [5]
    assert one("phone").excel_values({"it": 5}) == ["*"]


def test_sensitive_answers_are_sealed_for_their_row_only():
    sealed = questions().seal(ANSWERS, context="signup.1")
    assert ID not in json.dumps(sealed)
    assert "13800138000" not in json.dumps(sealed)
    assert sealed["team"] == "先锋队"
    assert questions().unseal(sealed, context="signup.1") == ANSWERS
    with pytest.raises(crypto.CannotOpen):
        questions().unseal(sealed, context="signup.2")
    with pytest.raises(crypto.CannotOpen):
        questions().unseal({**sealed, "card": sealed["contact"]}, context="signup.1")


@pytest.mark.parametrize(
    ("schema", "says"),
    [
        ({}, "问题清单格式不对"),
        ("[]", "问题清单格式不对"),
        (None, "问题清单格式不对"),
        ([{"id": f"q{number}", "kind": "text", "label": "它"} for number in range(31)], "最多 30 个问题"),
        (["它"], "第 1 题：格式不对"),
        ([SCHEMA[0], {"id": "x", "kind": "file", "label": "它"}], "第 2 题：请选择题型"),
        ([{"id": "x", "kind": ["text"], "label": "它"}], "请选择题型"),
        ([{"id": "x", "label": "它"}], "请选择题型"),
        ([{"id": "x", "kind": "text"}], "请填写题目"),
        ([{"id": "x", "kind": "text", "label": "  "}], "请填写题目"),
        ([{"id": "x", "kind": "text", "label": 5}], "题目应是文字"),
        ([{"id": "x", "kind": "text", "label": "它" * 61}], "题目最多 60 个字"),
        ([{"id": "x", "kind": "text", "label": "它", "help": "它" * 201}], "提示最多 200 个字"),
        ([{"id": "题", "kind": "text", "label": "它"}], "编号应以小写字母开头"),
        ([{"id": "1x", "kind": "text", "label": "它"}], "编号应以小写字母开头"),
        ([{"id": "x" * 41, "kind": "text", "label": "它"}], "编号应以小写字母开头"),
        ([{"id": "x\n", "kind": "text", "label": "它"}], "编号应以小写字母开头"),
        ([{"kind": "text", "label": "它"}], "编号应以小写字母开头"),
        ([SCHEMA[0], SCHEMA[0]], "问题编号重复：team"),
        ([SCHEMA[0] | {"requird": True}], "有不认识的设置：requird"),
        ([SCHEMA[0] | {"required": "yes"}], "是否必填"),
        ([SCHEMA[0] | {"options": ["甲", "乙"]}], "只有选择题才有选项"),
        ([SCHEMA[2] | {"options": ["甲"]}], "选项应有 2 至 50 个"),
        ([SCHEMA[2] | {"options": "甲乙"}], "选项应是文字"),
        ([SCHEMA[2] | {"options": ["甲", 2]}], "选项应是文字"),
        ([SCHEMA[2] | {"options": ["甲", " "]}], "每个选项应有 1 至 60 个字"),
        ([SCHEMA[2] | {"options": ["甲", " 甲 "]}], "选项不能重复"),
        ([SCHEMA[0] | {"min": 1}], "只有数字题和多选题才有上下限"),
        ([SCHEMA[4] | {"min": 6}], "下限不能大于上限"),
        ([SCHEMA[4] | {"min": "1"}], "上下限应是整数"),
        ([SCHEMA[4] | {"min": True}], "上下限应是整数"),
        ([SCHEMA[4] | {"max": 10**12}], "上下限应是整数"),
        ([SCHEMA[3] | {"max": 4}], "可选的个数应在 1 与选项数之间"),
        ([SCHEMA[3] | {"min": 0}], "可选的个数应在 1 与选项数之间"),
        ([{"id": "card", "kind": "id_number", "label": "身份证号"}], "请写明为什么要填"),
        ([{"id": "tel", "kind": "phone", "label": "电话", "why": " "}], "请写明为什么要填"),
    ],
)
def test_a_schema_at_fault_is_refused_with_the_place_and_the_reason(schema, says):
    with pytest.raises(SchemaInvalid, match=says) as invalid:
        parse_schema(schema)
    assert str(invalid.value).endswith("。")
