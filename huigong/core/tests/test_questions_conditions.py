"""Questions that are asked only after a certain answer, kept apart, or answered by files."""

from typing import Any

import pytest

from huigong.core.questions import AnswersInvalid, Questions, SchemaInvalid, parse_schema

ILL = {"id": "ill", "kind": "yes_no", "label": "家里有人患大病吗", "required": True, "section": "家庭情况"}
COST = {
    "id": "cost",
    "kind": "number",
    "label": "自付医药费（元）",
    "required": True,
    "private": True,
    "why": "用来核定帮扶标准",
    "only_if": {"id": "ill", "answers": ["是"]},
}
BILLS = {
    "id": "bills",
    "kind": "files",
    "label": "医疗票据",
    "required": True,
    "max": 2,
    "only_if": {"id": "ill", "answers": ["是"]},
}


def form(*questions: dict[str, Any]) -> Questions:
    return parse_schema(list(questions))


def test_asked_only_after_the_answer_that_leads_to_it() -> None:
    questions = form(ILL, COST, BILLS)
    with pytest.raises(AnswersInvalid) as refused:
        questions.clean({"ill": True})
    assert set(refused.value.errors) == {"cost", "bills"}
    assert questions.clean({"ill": False, "cost": "不是数字", "bills": ["x"]}) == {"ill": False}
    assert questions.clean({"ill": True, "cost": "1200.5", "bills": ["7"]}) == {
        "ill": True,
        "cost": 1200.5,
        "bills": ["7"],
    }


def test_a_page_drops_what_was_sent_for_questions_that_were_not_asked() -> None:
    page = form(ILL, COST)
    sent = page.form_class()({"ill": "否", "cost": "abc"})
    assert sent.is_valid()
    assert sent.cleaned_data == {"ill": False}
    assert not page.form_class()({"ill": "是", "cost": "abc"}).is_valid()


def test_no_more_files_than_asked_for() -> None:
    with pytest.raises(AnswersInvalid, match="最多上传 2 个"):
        form(ILL, COST, BILLS).clean({"ill": True, "cost": 1, "bills": ["1", "2", "3"]})


def test_private_answers_are_sealed_whatever_their_kind_and_never_shown_in_a_list() -> None:
    questions = form(ILL, COST)
    sealed = questions.seal({"ill": True, "cost": 1200.5}, context="row")
    assert sealed["ill"] is True
    assert "1200" not in sealed["cost"]
    assert questions.unseal(sealed, context="row") == {"ill": True, "cost": 1200.5}
    assert questions.excel_values({"ill": True, "cost": 1200.5}) == ["是", "（已填写，保密）"]
    assert questions.excel_values({"ill": True, "cost": 1200.5}, masked=False) == ["是", 1200.5]


def test_stored_and_read_again() -> None:
    questions = form(ILL, COST, BILLS)
    assert parse_schema(questions.as_json()) == questions


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            COST | {"only_if": {"id": "later", "answers": ["是"]}},
            "第 2 题：显示条件只能看前面的选择题或是非题",
        ),
        (COST | {"only_if": {"id": "ill", "answers": ["也许"]}}, "第 2 题：显示条件里的答案要与"),
        (COST | {"only_if": {"id": "ill"}}, "第 2 题：显示条件的格式不对"),
        (COST | {"only_if": {"id": "ill", "answers": []}}, "第 2 题：显示条件要写明选了哪个答案"),
        (COST | {"why": ""}, "第 2 题：收集健康、收入等敏感信息，请写明为什么要填"),
        (BILLS | {"min": 1}, "第 2 题：只有数字题和多选题才有上下限"),
    ],
)
def test_what_cannot_be_asked_is_refused(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SchemaInvalid, match=sentence):
        form(ILL, wrong)
