"""Writing what may be applied for, opening it, and what stays once somebody has applied."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from huigong.core.errors import Refused
from huigong.core.models import AuditRow
from huigong.core.questions import parse_schema
from huigong.people.membership.models import Person
from huigong.people.membership.queries import Rule
from huigong.services.policies import operations, permissions
from huigong.services.policies.models import Application, Scheme
from huigong.services.policies.queries.samples import SAMPLES
from tests.cast import Cast

TEXT = {"id": "q1", "kind": "text", "label": "姓名"}
PICK = {"id": "q2", "kind": "single", "label": "情况", "options": ["好", "不好"]}
SECRET = {"id": "q3", "kind": "number", "label": "收入", "private": True, "why": "算人均收入"}


def scheme(cast: Cast, **fields: Any) -> Scheme:
    return operations.create_scheme(
        cast.county, actor=cast.county_officer, **{"title": "帮扶", "intro": "有困难的来", **fields}
    )


def begun(scheme: Scheme, cast: Cast) -> Application:
    """Somebody has begun to apply."""
    person = Person.objects.get(account=cast.member)
    return Application.objects.create(scheme=scheme, person=person, union=cast.union)


def ahead(**delta: int) -> Any:
    return timezone.now() + timedelta(**delta)


@pytest.mark.parametrize("key", list(SAMPLES))
def test_a_sample_is_ready_to_be_opened(key: str, cast: Cast) -> None:
    made = operations.create_scheme(cast.county, actor=cast.county_officer, sample=key)
    operations.open_scheme(made, opens_at=timezone.now(), closes_at=ahead(days=30), actor=cast.county_officer)
    made.refresh_from_db()
    asked = parse_schema(made.questions)
    assert (made.state, made.audience_unions) == (Scheme.State.OPEN, [cast.county.pk])
    assert all(question.why for question in asked if question.is_sensitive)
    assert any(question.kind == "files" for question in asked)
    assert any(question.only_if for question in asked)
    assert next(iter(asked)).section


def test_legal_aid_goes_past_the_unit_and_nothing_of_it_is_made_public() -> None:
    assert (SAMPLES["legal"].unit_first, SAMPLES["legal"].notice_days) == (False, 0)
    assert SAMPLES["hardship"].notice_days == 5


def test_create_scheme_takes_from_the_sample_what_it_is_not_told(cast: Cast) -> None:
    made = operations.create_scheme(
        cast.county, actor=cast.county_officer, sample="hardship", title="2026年帮扶", rule=Rule(sex="F")
    )
    assert (made.title, made.audience["sex"], made.unit_days) == ("2026年帮扶", "F", 5)
    assert AuditRow.objects.get(action="policies:scheme:create").after["title"] == "2026年帮扶"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"questions": [{"id": "q1", "kind": "text", "label": ""}]}, "bad-questions"),
        ({"questions": [SECRET | {"why": ""}]}, "bad-questions"),
        ({"unit_days": 0}, "bad-terms"),
        ({"notice_days": 31}, "bad-terms"),
        ({"keep_months": 121}, "bad-terms"),
    ],
)
def test_create_scheme_that_does_not_hold_together_is_refused(fields: Any, code: str, cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        scheme(cast, **fields)
    assert (refused.value.code, Scheme.objects.count()) == (code, 0)


def test_create_scheme_for_another_union_s_members_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="范围只能是本工会"):
        operations.create_scheme(
            cast.union,
            actor=cast.officer,
            title="帮扶",
            intro="来",
            rule=Rule(union_ids=(cast.neighbour.pk,)),
        )


def test_update_scheme_before_anybody_applied_changes_everything(cast: Cast) -> None:
    made = scheme(cast, questions=[TEXT, PICK])
    operations.update_scheme(made, actor=cast.county_officer, questions=[SECRET], unit_first=False)
    made.refresh_from_db()
    assert ([row["id"] for row in made.questions], made.unit_first) == (["q3"], False)
    assert AuditRow.objects.get(action="policies:scheme:update").before["unit_first"] is True


@pytest.mark.parametrize(
    ("questions", "sentence"),
    [
        ([PICK, SECRET], "第 1 题“姓名”不能删掉"),
        ([TEXT | {"kind": "date"}, PICK, SECRET], "不能换题型"),
        ([TEXT, PICK | {"options": ["好", "很不好"]}, SECRET], "选项只能增加"),
        ([TEXT, PICK, SECRET | {"private": False}], "不能改成不加密"),
    ],
)
def test_update_scheme_keeps_the_questions_that_were_answered(
    questions: Any, sentence: str, cast: Cast
) -> None:
    made = scheme(cast, questions=[TEXT, PICK, SECRET])
    begun(made, cast)
    with pytest.raises(Refused, match=sentence):
        operations.update_scheme(made, actor=cast.county_officer, questions=questions)
    assert len(Scheme.objects.get().questions) == 3


def test_update_scheme_rewords_and_adds_questions_after_somebody_applied(cast: Cast) -> None:
    made = scheme(cast, questions=[TEXT, PICK])
    begun(made, cast)
    wanted = [PICK | {"options": ["好", "一般", "不好"]}, TEXT | {"label": "您的姓名"}, SECRET]
    operations.update_scheme(made, actor=cast.county_officer, questions=wanted)
    assert [row["label"] for row in Scheme.objects.get().questions] == ["情况", "您的姓名", "收入"]


@pytest.mark.parametrize("promise", [{"unit_first": False}, {"notice_days": 0}, {"keep_months": 60}])
def test_update_scheme_keeps_what_applicants_were_promised(promise: Any, cast: Cast) -> None:
    made = scheme(cast, questions=[TEXT])
    begun(made, cast)
    with pytest.raises(Refused) as refused:
        operations.update_scheme(made, actor=cast.county_officer, **promise)
    assert refused.value.code == "promised"
    operations.update_scheme(Scheme.objects.get(), actor=cast.county_officer, unit_days=8)


def test_open_scheme_twice_is_refused(cast: Cast) -> None:
    made = scheme(cast, questions=[TEXT])
    window = {"opens_at": timezone.now(), "closes_at": ahead(days=1), "actor": cast.county_officer}
    operations.open_scheme(made, **window)
    with pytest.raises(Refused, match="当前是“已开放”"):
        operations.open_scheme(made, **window)


def test_open_scheme_that_asks_nothing_or_is_over_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="还没有要填的内容"):
        operations.open_scheme(
            scheme(cast), opens_at=timezone.now(), closes_at=ahead(days=1), actor=cast.county_officer
        )
    made = scheme(cast, questions=[TEXT])
    for opens_at, closes_at in ((ahead(days=-2), ahead(days=-1)), (ahead(days=2), ahead(days=1))):
        with pytest.raises(Refused):
            operations.open_scheme(made, opens_at=opens_at, closes_at=closes_at, actor=cast.county_officer)
    assert Scheme.objects.filter(state="open").count() == 0


def test_close_and_extend_scheme(cast: Cast) -> None:
    made, actor = scheme(cast, questions=[TEXT]), cast.county_officer
    operations.open_scheme(made, opens_at=timezone.now(), closes_at=ahead(days=9), actor=actor)
    with pytest.raises(Refused, match="晚于原来的"):
        operations.extend(made, closes_at=ahead(days=8), actor=actor)
    operations.close_scheme(made, actor=actor)
    with pytest.raises(Refused, match="已结束的项目不能修改"):
        operations.update_scheme(made, actor=actor, title="改")
    operations.extend(made, closes_at=ahead(days=8), actor=actor)
    assert (made.state, made.closes_at < ahead(days=9)) == ("open", True)


def test_copy_scheme_is_a_draft_that_asks_the_same(cast: Cast) -> None:
    made = operations.create_scheme(cast.county, actor=cast.county_officer, sample="legal")
    copied = operations.copy_scheme(made, actor=cast.county_officer)
    assert (copied.questions, copied.audience, copied.unit_first) == (
        Scheme.objects.get(pk=made.pk).questions,
        made.audience,
        False,
    )


def test_discard_scheme_only_while_nobody_saw_it(cast: Cast) -> None:
    made = scheme(cast, questions=[TEXT])
    operations.open_scheme(made, opens_at=timezone.now(), closes_at=ahead(days=9), actor=cast.county_officer)
    with pytest.raises(Refused, match="不能删除"):
        operations.discard_scheme(made, actor=cast.county_officer)
    operations.discard_scheme(scheme(cast), actor=cast.county_officer)
    assert Scheme.objects.get() == made


def test_a_neighbour_finds_no_scheme_and_no_union_to_offer_for(cast: Cast) -> None:
    made = operations.create_scheme(cast.union, actor=cast.officer, title="帮扶", intro="来")
    for account in (cast.neighbour_officer, cast.retired_officer, cast.member):
        with pytest.raises(Http404):
            permissions.get_managed_scheme(account, made.pk)
        with pytest.raises(Http404):
            permissions.get_offerer(account, cast.union.pk)
    assert permissions.get_managed_scheme(cast.township_officer, made.pk) == made
