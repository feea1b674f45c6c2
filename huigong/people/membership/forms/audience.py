"""Whom an activity, a notice or an application is for: the one form behind every stored rule."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms

from huigong.core.identity import Sex
from huigong.core.keys import row_key
from huigong.people.membership import queries
from huigong.people.membership.models import Membership

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from huigong.people.orgs.models import Union


class _Age(forms.NumberInput):
    def __init__(self) -> None:
        super().__init__({"placeholder": "不限"})


class AudienceForm(forms.Form):
    """Whom something is for. Nothing chosen: every active member of the union that asks, and below it."""

    union_ids = forms.ModelMultipleChoiceField(
        label="下级工会", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    sex = forms.ChoiceField(
        label="性别", choices=[("", "不限"), *Sex.choices], required=False, widget=forms.RadioSelect
    )
    min_age = forms.IntegerField(label="年龄从", min_value=16, max_value=100, required=False, widget=_Age)
    max_age = forms.IntegerField(label="年龄到", min_value=16, max_value=100, required=False, widget=_Age)
    work_forms = forms.MultipleChoiceField(
        label="就业形态",
        choices=queries.WORK_FORMS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选就是不限",
    )
    tags = forms.CharField(
        label="标签",
        required=False,
        max_length=100,
        widget=forms.TextInput({"placeholder": "不限"}),
        help_text="名册上的标签，如：劳模、单身。多个用顿号隔开",
    )

    joined_by = forms.DateField(
        label="入会不晚于",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="不填就是不限",
    )
    officers = forms.BooleanField(label="只面向干部", required=False, help_text="在任的主席、干部和小组长")
    with_retained = forms.BooleanField(
        label="含保留会籍", required=False, help_text="失业、待岗期间保留会籍的也可以参加"
    )

    def __init__(self, *args: Any, within: "QuerySet[Union]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union_ids"].queryset = within  # type: ignore[attr-defined]

    def clean_tags(self) -> tuple[str, ...]:
        words = (
            self.cleaned_data["tags"].replace("，", "、").replace(",", "、").replace(" ", "、").split("、")
        )
        return tuple(dict.fromkeys(word[:20] for word in words if word))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        low, high = data.get("min_age"), data.get("max_age")
        if low and high and low > high:
            self.add_error("max_age", "不能小于起始年龄。")
        return data

    def rule(self, union: "Union", kept: queries.Rule) -> queries.Rule:
        """The rule as filled in; posts and states that this form does not know stay as in `kept`."""
        data = self.cleaned_data
        roles = (kept.roles or queries.OFFICERS) if data["officers"] else ()
        return replace(
            kept,
            union_ids=tuple(union.pk for union in data["union_ids"]) or (union.pk,),
            sex=data["sex"],
            min_age=data["min_age"],
            max_age=data["max_age"],
            work_forms=tuple(data["work_forms"]),
            tags=data["tags"],
            joined_by=data["joined_by"],
            roles=roles,
            states=queries.LIVE_STATES if data["with_retained"] else queries.Rule.states,
        )

    @staticmethod
    def initial_of(union: "Union", rule: queries.Rule) -> dict[str, Any]:
        """What the form shows for a stored rule of `union`."""
        return {
            "union_ids": [] if rule.union_ids == (union.pk,) else list(rule.union_ids),
            "sex": rule.sex,
            "min_age": rule.min_age,
            "max_age": rule.max_age,
            "work_forms": list(rule.work_forms),
            "tags": "、".join(rule.tags),
            "joined_by": rule.joined_by,
            "officers": bool(rule.roles),
            "with_retained": Membership.State.RETAINED in rule.states,
        }

    @property
    def chosen(self) -> list[int]:
        """The ids of the unions that are ticked now, for the picker; a wrong one is nobody's."""
        return [key for union_id in self["union_ids"].value() or [] if (key := row_key(str(union_id)))]
