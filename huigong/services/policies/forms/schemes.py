"""What a cadre fills in about something to apply for: what it is, whom it is for, its terms, and its questions."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils import timezone

from huigong.core.asking import AsksByName
from huigong.core.controls import MomentInput
from huigong.core.questions.editing import (
    ReviewedQuestionForm,
    as_typed,
    offer_conditions,
    questions_of,
    rows_as_typed,
    rows_of,
    rows_of_questions,
)
from huigong.people.membership import queries as membership
from huigong.people.membership.forms import AudienceForm
from huigong.people.orgs import queries as orgs
from huigong.services.policies import queries
from huigong.services.policies.models import Policy, Scheme

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from huigong.people.orgs.models import Union

MOST = 30
_TERMS = ("unit_first", "unit_days", "notice_days", "keep_months")
_ABOUT = ("title", "intro", "policy", *_TERMS)
_TELLING = ("label", "options", "help")
_OFF = {"required": False, "private": False}


class _Basis(forms.ModelChoiceField):
    def label_from_instance(self, row: Policy) -> str:
        return f"{row.title}（{row.number}）" if row.number else row.title


class SchemeForm(AsksByName, forms.Form):
    """What it is, and by what terms."""

    title = forms.CharField(
        label="项目名称", max_length=60, widget=forms.TextInput({"placeholder": "如：2026年金秋助学"})
    )
    intro = forms.CharField(
        label="说明",
        max_length=2000,
        widget=forms.Textarea({"rows": 6, "placeholder": "谁能申请、能得到什么、要准备什么。每一行是一段。"}),
    )
    policy = _Basis(label="政策依据", queryset=None, required=False, empty_label="没有")
    unit_first = forms.BooleanField(
        label="先由所在单位工会核实",
        required=False,
        initial=True,
        help_text="单位可能是对方当事人的（如法律援助）请关掉：单位工会什么也看不到",
    )
    unit_days = forms.IntegerField(
        label="核实期限",
        min_value=1,
        max_value=30,
        initial=5,
        help_text="工作日；到期没有核实，自动转上级工会",
    )
    notice_days = forms.IntegerField(
        label="公示天数", min_value=0, max_value=30, initial=5, help_text="工作日；0 就是不公示"
    )
    keep_months = forms.IntegerField(
        label="保存几个月",
        min_value=1,
        max_value=120,
        initial=24,
        help_text="办结后过了这几个月，保密内容自动删除，只留结果",
    )

    def __init__(self, *args: Any, policies: "QuerySet[Policy]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].queryset = policies  # type: ignore[attr-defined]


class SchemeEditor:
    """Everything about a scheme on one page.

    `data` is what was sent. With `again` nothing is checked: the page is drawn anew with what was typed and one more
    question ("add") or with one moved ("up-3", "down-3"), so that rows need no script.
    """

    def __init__(
        self,
        union: "Union",
        policies: "QuerySet[Policy]",
        scheme: Scheme | None = None,
        sample: queries.Sample | None = None,
        data: QueryDict | None = None,
        again: str = "",
    ) -> None:
        self.union, self.scheme, self.sample, self.again = union, scheme, sample, again
        self._kept = _rule_of(scheme, sample)
        sent, typed = (None, data) if again else (data, None)
        within = orgs.below(union)
        about = as_typed(typed) if typed is not None else self._about()
        self.about = SchemeForm(sent, policies=policies, initial=about)
        if typed is not None:
            self.about.initial = {**about, "unit_first": "unit_first" in typed}
        self.audience = AudienceForm(
            sent,
            prefix="a",
            within=within,
            initial=as_typed(typed, "a", many=("union_ids", "work_forms"))
            or AudienceForm.initial_of(union, self._kept),
        )
        rows = _rearranged(typed, again) if typed is not None else self._stored()
        self.moved = _target(again)
        self.questions = rows_of(ReviewedQuestionForm, extra=int(again == "add"), most=MOST)(
            sent, prefix="q", initial=rows
        )
        offer_conditions(self.questions)

    @property
    def is_sent(self) -> bool:
        """Was everything sent, to be checked and kept?"""
        return self.about.is_bound

    def _about(self) -> dict[str, Any]:
        source: Any = self.scheme or self.sample
        if source is None:
            return {}
        about = {name: getattr(source, name) for name in ("title", "intro", *_TERMS)}
        return about | {"policy": getattr(source, "policy_id", None)}

    def _stored(self) -> list[dict[str, Any]]:
        if self.scheme is not None:
            return rows_of_questions(self.scheme.questions)
        return rows_of_questions(self.sample.questions) if self.sample else []

    def is_valid(self) -> bool:
        """All parts are checked, so that every mistake is marked at once."""
        found = [part.is_valid() for part in (self.about, self.audience, self.questions)]
        return all(found)

    @property
    def faulty_rows(self) -> list[str]:
        """The questions with mistakes, named as on the page."""
        if not self.questions.is_bound:
            return []
        return [f"第 {place} 题" for place, errors in enumerate(self.questions.errors, start=1) if errors]

    @property
    def mistakes(self) -> list[str]:
        """Everything that is wrong, each in words, for a page that does not show the fields."""
        told = []
        for part in (self.about, self.audience):
            for name, errors in part.errors.items():
                label = f"{part.fields[name].label}：" if name in part.fields else ""
                told += [f"{label}{error}" for error in errors]
        return told + [f"{row}还没有填好。" for row in self.faulty_rows]

    @property
    def fields(self) -> dict[str, Any]:
        """Keyword arguments for the operations."""
        named = {name: self.about.cleaned_data[name] for name in _ABOUT}
        rule = self.audience.rule(self.union, self._kept)
        return named | {"rule": rule, "questions": questions_of(self.questions)}


def _rule_of(scheme: Scheme | None, sample: queries.Sample | None) -> membership.Rule:
    if scheme is not None:
        return membership.Rule.parse(scheme.audience)
    return sample.rule if sample else membership.Rule()


def _target(again: str) -> int | None:
    """Where the question that was moved stands now, from 1."""
    verb, _, place = again.partition("-")
    if verb not in ("up", "down") or not place.isdigit():
        return None
    return int(place) + (1 if verb == "down" else -1)


def _rearranged(data: QueryDict, again: str) -> list[dict[str, Any]]:
    """The rows as typed, one of them moved by one place; conditions follow the questions they name."""
    rows = rows_as_typed(data, "q", telling=_TELLING, off=_OFF, most=MOST)
    verb, _, place = again.partition("-")
    at = next((index for index, row in enumerate(rows) if str(row["_place"]) == place), None)
    if at is not None and verb in ("up", "down"):
        to = max(0, min(len(rows) - 1, at + (1 if verb == "down" else -1)))
        rows.insert(to, rows.pop(at))
    now = {str(row["_place"]): str(index) for index, row in enumerate(rows, start=1)}
    return [row | {"only_place": now.get(row.get("only_place", ""), "")} for row in rows]


class WindowForm(AsksByName, forms.Form):
    """From when to when it may be applied for."""

    opens_at = forms.DateTimeField(
        label="开始时间", widget=MomentInput, required=False, help_text="不填就是现在"
    )
    closes_at = forms.DateTimeField(label="截止时间", widget=MomentInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["opens_at"] = data.get("opens_at") or timezone.now().replace(second=0, microsecond=0)
        if data.get("closes_at") and data["closes_at"] <= max(data["opens_at"], timezone.now()):
            self.add_error("closes_at", "要晚于开始时间和现在。")
        return data


class ExtendForm(AsksByName, forms.Form):
    """Until when it may be applied for instead."""

    closes_at = forms.DateTimeField(label="新的截止时间", widget=MomentInput)
