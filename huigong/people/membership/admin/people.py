"""Everybody on the rolls within reach: found by name, initials or tails, masked until shown for a reason."""

import re
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from huigong.core.admin import (
    ChoiceFilter,
    Link,
    ListFilter,
    ReasonForm,
    ScopedModelAdmin,
    Variant,
    dialog_action,
    show_result,
    tree_filter,
)
from huigong.core.audit import Moment
from huigong.core.formats import day_zh
from huigong.people.membership import operations, permissions, queries
from huigong.people.membership.admin.dialogs import (
    ExpelForm,
    LeavingForm,
    RetainForm,
    RevealForm,
    SendOverForm,
)
from huigong.people.membership.models import Expulsion, Membership, Person, Skill, WorkForm
from huigong.people.membership.queries import workbench
from huigong.people.orgs import queries as orgs

State = Membership.State
_below = tree_filter(partial(orgs.branches, permission=permissions.ROLL_VIEW), workbench.in_subtree)


class StandingFilter(ListFilter):
    """By the state of a membership, or a proposal that waits for the chair."""

    title = "会籍"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*State.choices, (Expulsion.State.PROPOSED.value, "除名待决定")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return workbench.in_state(queryset, self.value()) if self.value() else queryset


class TagsField(forms.CharField):
    """Tags in one line, parted by commas of either kind or by 、."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        parts = re.split(r"[,，、;；]", super().to_python(value))
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def validate(self, value: list[str]) -> None:
        if any(len(tag) > 20 for tag in value):
            raise forms.ValidationError("一个标签最多 20 字。")

    def run_validators(self, value: list[str]) -> None:
        """Nothing besides: the validators of a line of text do not fit a list."""


class PersonForm(forms.ModelForm):
    """What a cadre may put right in a record; saving calls the operation. The document number is not among it."""

    tags = TagsField(label="标签", required=False, help_text="如 困难职工，几个标签用顿号或逗号分开")

    class Meta:
        model = Person
        fields = (
            "name", "ethnicity", "education", "political_status", "work_form", "skill", "is_migrant",
            "is_model_worker", "tags",
        )  # fmt: skip


def _held(person: Any) -> Membership | None:
    """The live membership of a fetched row; every button of the page asks, one query answers."""
    if "_held" not in person.__dict__:
        person._held = queries.current_membership(person)
    return person._held


def _is(*states: str) -> Any:
    """For a button: is the person's live membership in one of these states?"""

    def when(person: Person) -> bool:
        held = _held(person)
        return held is not None and held.state in states

    return when


@admin.register(Person)
class PersonAdmin(ScopedModelAdmin):
    visible_to = staticmethod(permissions.visible_to)
    get_one = staticmethod(permissions.get_person)
    office = staticmethod(orgs.seat)
    view_permission = permissions.ROLL_VIEW
    edit_permission = permissions.ROLL_EDIT
    export_permission = permissions.ROLL_EXPORT
    in_site_search, icon = True, "person"

    form = PersonForm
    list_display = ["who", "phone_masked", "union", "standing_label", "work_form_label", "number"]
    list_filter = [
        _below,
        StandingFilter,
        ("sex", ChoiceFilter),
        ("work_form", ChoiceFilter),
        ("skill", ChoiceFilter),
    ]
    ordering = ["sort_key", "id"]
    search_help_text = "姓名、拼音首字母、手机号或证件号后四位"
    actions_list = ["export"]
    links = (Link("导入", "upload", "membership:imports", permissions.ROLL_IMPORT),)
    actions_detail = [
        "reveal",
        {
            "title": "会籍变更",
            "icon": "manage_accounts",
            "items": [
                "send_over",
                "retain",
                "restore",
                "retire",
                "record_leaving",
                "propose_expulsion",
                "decide_expulsion",
                "record_death",
            ],
        },
    ]
    empty_note = "职工入会通过后出现在这里，也可以导入名册。"
    fieldsets = [
        ("本人", {"fields": [("name", "sex"), ("id_masked", "phone_masked"), ("born_on", "account_state")]}),
        ("本人补充", {"fields": [("ethnicity", "education"), "political_status"]}),
        ("会籍", {"fields": [("union", "standing_label"), ("number", "joined")]}),
        ("就业", {"fields": [("work_form", "skill"), ("is_migrant", "is_model_worker"), ("unit", "tags")]}),
    ]
    readonly_fields = [
        "sex", "id_masked", "phone_masked", "born_on", "account_state", "union", "standing_label", "number",
        "joined", "unit",
    ]  # fmt: skip
    export_columns = (
        ("姓名", lambda person: person.name),
        ("性别", lambda person: person.get_sex_display()),
        ("证件号", lambda person: person.masked_id_number),
        ("手机号", lambda person: person.masked_phone),
        ("所属工会", lambda person: person.union_name),
        ("会员编号", lambda person: person.member_no),
        ("会籍状态", lambda person: State(person.standing).label if person.standing else ""),
        ("入会日期", lambda person: person.joined_on),
        ("就业形态", lambda person: WorkForm(person.work_form).label),
        ("技能等级", lambda person: Skill(person.skill).label if person.skill else ""),
        ("民族", lambda person: person.get_ethnicity_display()),
        ("学历", lambda person: person.get_education_display()),
        ("政治面貌", lambda person: person.get_political_status_display()),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return workbench.with_standing(super().get_queryset(request))

    # --- The list

    @display(description="姓名", ordering="sort_key", header=True)
    def who(self, person: Person) -> list[str]:
        return [person.name, f"{person.get_sex_display()} · {person.masked_id_number}", person.name[:1]]

    @display(description="手机号")
    def phone_masked(self, person: Person) -> str:
        return person.masked_phone or "—"

    @display(description="证件号")
    def id_masked(self, person: Person) -> str:
        return f"{person.get_document_kind_display()} {person.masked_id_number}"

    @display(description="所属工会")
    def union(self, person: Any) -> str:
        return person.union_name or "—"

    @display(
        description="会籍",
        label={
            "在籍": "success",
            "保留会籍": "info",
            "已除名": "danger",
            "已退会": "warning",
            "已转出": "default",
        },
    )
    def standing_label(self, person: Any) -> str:
        return State(person.standing).label if person.standing else "—"

    @display(description="就业形态", ordering="work_form")
    def work_form_label(self, person: Person) -> str:
        return person.get_work_form_display()

    @display(description="会员编号")
    def number(self, person: Any) -> str:
        return person.member_no or "—"

    @display(description="入会日期")
    def joined(self, person: Any) -> str:
        return day_zh(person.joined_on) if person.joined_on else "—"

    @display(description="账号")
    def account_state(self, person: Person) -> str:
        return "已认领" if person.account_id else "未认领"

    @display(description="工作单位")
    def unit(self, person: Person) -> str:
        work = queries.person_file(person).employments
        return f"{work[0].unit_name} {work[0].job_title}".strip() or "—" if work else "—"

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return workbench.people_meant(queryset, text)

    def describe(self, person: Any) -> str:
        listed = "union_name" in person.__dict__
        held = None if listed else _held(person)
        union = person.union_name if listed else held.union.name if held else ""
        return " · ".join(part for part in (union or "无会籍", person.masked_phone) if part)

    def moments(self, request: HttpRequest, person: Person) -> list[Moment]:
        return workbench.life(person)

    # --- Decisions

    def write(
        self, request: HttpRequest, obj: Person | None, data: dict[str, Any], *, adding: bool
    ) -> Person:
        assert obj is not None
        return operations.correct_person(obj, actor=request.user, **data)

    @dialog_action(
        "查看号码",
        permission=permissions.ROLL_REVEAL,
        icon="visibility",
        title="查看完整号码",
        text="只在这次显示。查看人、时间和原因会记入审计。",
        form=RevealForm,
        submit="查看",
    )
    def reveal(self, request: HttpRequest, person: Person, data: dict[str, Any]) -> HttpResponse:
        number = operations.reveal_number(
            person, which=data["which"], reason=data["reason"], actor=request.user
        )
        label = dict(self._reveal_labels)[data["which"]]
        return show_result(
            request, "workbench/revealed.html", {"title": person.name, "numbers": [(label, number)]}
        )

    _reveal_labels = RevealForm.base_fields["which"].choices

    @dialog_action(
        "保留会籍",
        permission=permissions.ROLL_EDIT,
        icon="pause_circle",
        text="失业、下岗待岗期间保留会籍：不交会费，不计入会员数，不享有选举权。",
        form=RetainForm,
        submit="确认保留",
        when=_is(State.ACTIVE),
    )
    def retain(self, request: HttpRequest, person: Person, data: dict[str, Any]) -> str:
        operations.retain_membership(_held(person), reason=data["reason"], actor=request.user)
        return f"{person}的会籍已保留。"

    @dialog_action(
        "恢复会籍",
        permission=permissions.ROLL_EDIT,
        icon="play_circle",
        text="重新就业后恢复会籍，权利义务同时恢复。",
        submit="确认恢复",
        when=_is(State.RETAINED),
    )
    def restore(self, request: HttpRequest, person: Person, data: dict[str, Any]) -> str:
        operations.restore_membership(_held(person), actor=request.user)
        return f"{person}的会籍已恢复。"

    @dialog_action(
        "登记退休",
        permission=permissions.ROLL_EDIT,
        icon="elderly",
        text="退休后会籍保留，不再交会费。",
        submit="确认登记",
        when=_is(*Membership.LIVE),
    )
    def retire(self, request: HttpRequest, person: Person, data: dict[str, Any]) -> str:
        operations.retire(person, actor=request.user)
        return f"已登记{person}退休。"

    @dialog_action(
        "办理转会",
        permission=permissions.TRANSFER_REVIEW,
        icon="swap_horiz",
        text="本人不便用手机的，由原工会代办：提交后即为同意转出，等新工会接收。",
        form=SendOverForm,
        submit="提交转会",
        when=_is(*Membership.LIVE),
    )
    def send_over(self, request: HttpRequest, person: Person, data: dict[str, Any]) -> str:
        transfer = operations.send_over(_held(person), actor=request.user, **data)
        return f"已同意{person}转出，等{transfer.to_union}接收。"

    @dialog_action(
        "登记退会",
        permission=permissions.ROLL_EDIT,
        icon="logout",
        variant=Variant.WARNING,
        text="会籍终止，收回会员证，在小组通报。今后可以重新申请入会。",
        form=LeavingForm,
        submit="确认退会",
        when=_is(*Membership.LIVE),
    )
    def record_leaving(self, request: HttpRequest, person: Person, data: dict[str, Any]) -> str:
        operations.record_leaving(
            _held(person), is_deemed=data["is_deemed"], reason=data["reason"], actor=request.user
        )
        return f"{person}已退会。"

    @dialog_action(
        "提议除名",
        permission=permissions.ROLL_EDIT,
        icon="gavel",
        variant=Variant.WARNING,
        text="只有被判刑的会员可以除名。请写明判决书文号，由另一位工会主席决定。",
        form=ReasonForm,
        submit="提交提议",
        when=_is(*Membership.LIVE),
    )
    def propose_expulsion(self, request: HttpRequest, person: Person, data: dict[str, Any]) -> str:
        operations.propose_expulsion(_held(person), grounds=data["reason"], actor=request.user)
        return "除名提议已提交，等待工会主席决定。"

    @dialog_action(
        "决定除名",
        permission=permissions.EXPEL,
        icon="gavel",
        variant=Variant.DANGER,
        text="除名后会籍终止，并报上级工会备案。",
        form=ExpelForm,
        submit="确认决定",
        when=lambda person: queries.person_file(person).expulsion is not None,
        who=lambda actor, person: queries.may_expel(actor, queries.person_file(person).expulsion),
    )
    def decide_expulsion(self, request: HttpRequest, person: Person, data: dict[str, Any]) -> str:
        expulsion = queries.person_file(person).expulsion
        expulsion = permissions.get_expulsion(request.user, expulsion.pk if expulsion else 0)
        operations.decide_expulsion(expulsion, expel=data["expel"], remark=data["remark"], actor=request.user)
        return f"{person}已除名，并报上级工会备案。" if data["expel"] else f"已决定不予除名{person}。"

    @dialog_action(
        "登记去世",
        permission=permissions.ROLL_EDIT,
        icon="deceased",
        variant=Variant.DANGER,
        text="会籍终止，不能恢复。不会给任何人发消息。",
        submit="确认登记",
        when=_is(*Membership.LIVE),
    )
    def record_death(self, request: HttpRequest, person: Person, data: dict[str, Any]) -> str:
        operations.record_death(_held(person), actor=request.user)
        return f"已登记{person}去世。"
