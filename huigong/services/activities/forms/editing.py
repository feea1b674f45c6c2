"""What a cadre fills in about an activity: one form of six parts, rows of sessions and questions among them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import MaxValueValidator
from django.forms import BaseFormSet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from huigong.core import drawings
from huigong.core.asking import AsksByName
from huigong.core.controls import MomentInput
from huigong.core.questions.editing import QuestionForm, as_typed, rows_as_typed, rows_of
from huigong.core.richforms import RichTextarea, RichTextField, settle
from huigong.people.membership import queries as membership
from huigong.people.membership.forms import AudienceForm
from huigong.people.orgs import queries as orgs
from huigong.services.activities import queries
from huigong.services.activities.models import Activity, Session

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

MODES = [("rush", "先到先得"), ("draw", "抽签"), ("review", "审核"), ("quota", "名额分配到工会")]
OFFER_MINUTES = [("30", "30 分钟"), ("120", "2 小时"), ("720", "12 小时"), ("1440", "1 天")]
MOST = {"max_companions": 9, "cancel_hours": 720, "points": 1000, "votes_per_member": 20}
FEN = Decimal(100)


class ActivityForm(AsksByName, forms.ModelForm):
    """What it is, where, for how much. `text` is the body."""

    text = RichTextField(
        label="活动介绍",
        required=False,
        max_length=5000,
        widget=RichTextarea({"rows": 8, "placeholder": "活动内容、流程、注意事项。每一行是一段。"}),
    )
    budget_yuan = forms.DecimalField(
        label="预算（元）", required=False, min_value=0, max_value=10_000_000, decimal_places=2
    )
    upload = forms.FileField(label="上传封面照片", required=False, widget=forms.FileInput)

    class Meta:
        model = Activity
        fields = (
            "title",
            "category",
            "kind",
            "summary",
            "place",
            "address",
            "contact_name",
            "contact_phone",
            "max_companions",
            "cancel_hours",
            "points",
            "budget_line",
            "insurance",
            "votes_per_member",
            "drawing",
        )
        widgets = {
            "kind": forms.RadioSelect,
            "drawing": forms.RadioSelect(choices=list(drawings.COVERS.items())),
            "contact_phone": forms.TextInput({"type": "tel"}),
        }
        labels = {
            "max_companions": "可带几位",
            "cancel_hours": "取消期限",
            "points": "签到积分",
            "votes_per_member": "每人几票",
        }
        help_texts = {
            "points": "会员现场签到后得到；只奖励真实参加。",
            "cancel_hours": "开始前多少小时以内，会员不能再自行取消。",
            "max_companions": "同行人数；0 表示只能本人参加，最多 9 位。",
            "votes_per_member": "线上活动用：0 表示不投票。",
            "summary": "一句话说清亮点，会显示在介绍的第一行。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.pictures = reverse("activities:pictures")  # type: ignore[attr-defined]
        for name, most in MOST.items():
            self.fields[name].validators.append(MaxValueValidator(most))
            self.fields[name].widget.attrs["max"] = most
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Activity.Kind.ONSITE and not data.get("place"):
            self.add_error("place", "线下活动请填写地点。")
        return data

    def clean_drawing(self) -> str:
        drawing = self.cleaned_data["drawing"]
        return drawing if drawing in drawings.COVERS else ""

    def fields_given(self) -> dict[str, Any]:
        """Keyword arguments for the operations, without cover and body."""
        data = {name: self.cleaned_data[name] for name in self.Meta.fields}
        data |= {name: data[name] or 0 for name in MOST}
        return data | {"budget_fen": int((self.cleaned_data["budget_yuan"] or 0) * FEN)}


class SessionForm(AsksByName, forms.Form):
    """One time and place. Left empty: the window opens now and closes when the session starts."""

    session_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label="场次名称", max_length=40, required=False, help_text="只有一场可以不填")
    starts_at = forms.DateTimeField(label="开始时间", widget=MomentInput)
    ends_at = forms.DateTimeField(label="结束时间", widget=MomentInput)
    place = forms.CharField(label="地点", max_length=80, required=False, help_text="和活动地点不同才填")
    capacity = forms.IntegerField(label="名额", min_value=1, max_value=100_000)
    mode = forms.ChoiceField(label="名额方式", choices=MODES, initial="rush")
    opens_at = forms.DateTimeField(
        label="报名开始", widget=MomentInput, required=False, help_text="不填就是现在"
    )
    closes_at = forms.DateTimeField(
        label="报名截止", widget=MomentInput, required=False, help_text="不填就是活动开始时"
    )
    has_waitlist = forms.BooleanField(
        label="报满后可候补", required=False, initial=True, help_text="“先到先得”才有候补"
    )
    offer_minutes = forms.TypedChoiceField(
        label="候补时限",
        choices=OFFER_MINUTES,
        coerce=int,
        initial="120",
        required=False,
        empty_value=120,
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "结束时间要晚于开始时间。")
        if not starts_at or not ends_at:
            return data
        data["opens_at"] = data.get("opens_at") or timezone.now().replace(second=0, microsecond=0)
        data["closes_at"] = data.get("closes_at") or starts_at
        if data["closes_at"] <= data["opens_at"]:
            self.add_error("closes_at", "报名截止要晚于报名开始。")
        elif data["closes_at"] > ends_at:
            self.add_error("closes_at", "报名截止不能晚于活动结束。")
        return data

    def plan(self) -> dict[str, Any]:
        """Keyword arguments of a `SessionPlan`."""
        names = ("session_id", "name", "starts_at", "ends_at", "place", "capacity", "mode")
        more = ("opens_at", "closes_at", "has_waitlist", "offer_minutes")
        return {name: self.cleaned_data[name] for name in (*names, *more)}


SESSIONS, QUESTIONS = 20, 30


USUAL_SURVEY: list[dict[str, Any]] = [
    {
        "kind": "single",
        "label": "您对这次活动满意吗",
        "options": "很满意\n满意\n一般\n不满意",
        "required": True,
    },
    {"kind": "text", "label": "下次希望办什么活动", "required": False},
    {"kind": "long_text", "label": "意见和建议", "required": False},
]


class ActivityEditor:
    """Everything about an activity on one page.

    `data` is what was sent. With `more` ("sessions", "questions" or "survey"), nothing is checked: the page
    is drawn again with what was typed and one more row there, so that rows need no script. "usual" puts the
    usual questions into the survey.
    """

    def __init__(
        self,
        union: "Union",
        activity: Activity | None = None,
        data: QueryDict | None = None,
        files: "MultiValueDict[str, Any] | None" = None,
        more: str = "",
    ) -> None:
        self.union, self.activity = union, activity
        self.more = "survey" if more == "usual" else more
        self._usual = more == "usual"
        self._kept = membership.Rule.parse(activity.audience) if activity else membership.Rule()
        sent, typed = (None, data) if more else (data, None)
        within = orgs.below(union)
        self.about = ActivityForm(sent, files if sent else None, initial=_about_typed(typed) or self._about())
        self.audience = AudienceForm(
            sent,
            prefix="a",
            within=within,
            initial=_typed(typed, "a") or AudienceForm.initial_of(union, self._kept),
        )
        self.sessions = self._formset(SessionForm, "s", "sessions", sent, typed, self._sessions(), SESSIONS)
        self.questions = self._formset(
            QuestionForm, "q", "questions", sent, typed, _questions(activity, "questions"), QUESTIONS
        )
        self.survey = self._formset(
            QuestionForm, "v", "survey", sent, typed, _questions(activity, "survey"), QUESTIONS
        )

    def _formset(
        self,
        form: type[forms.Form],
        prefix: str,
        name: str,
        sent: QueryDict | None,
        typed: QueryDict | None,
        stored: list[dict[str, Any]],
        most: int,
    ) -> BaseFormSet:
        rows = _typed_rows(typed, prefix) if typed is not None else stored
        if name == "survey" and self._usual:
            rows = [*rows, *USUAL_SURVEY]
        extra = int(self.more == name and not self._usual) or int(form is SessionForm and not rows)
        drawn = rows_of(form, extra=extra, most=most)(sent, prefix=prefix, initial=rows)
        if form is SessionForm and sent and drawn.forms and not any(row.has_changed() for row in drawn):
            drawn.forms[0].empty_permitted = False  # what the one session lacks is said with all the rest
        return drawn

    def _about(self) -> dict[str, Any]:
        activity = self.activity
        if activity is None:
            return {"kind": Activity.Kind.ONSITE, "points": 10, "cancel_hours": 24, "max_companions": 0}
        initial = forms.model_to_dict(activity, ActivityForm.Meta.fields)
        return initial | {
            "text": activity.body,
            "budget_yuan": Decimal(activity.budget_fen) / FEN if activity.budget_fen else None,
        }

    def _sessions(self) -> list[dict[str, Any]]:
        if self.activity is None:
            return []
        return [_session_row(session) for session in queries.sessions_of(self.activity)]

    def is_valid(self) -> bool:
        """All parts are checked, so that every mistake is marked at once."""
        parts = (self.about, self.audience, self.sessions, self.questions, self.survey)
        found = [part.is_valid() for part in parts]
        if all(found) and not self.sessions.kept():
            self.about.add_error(None, "请至少安排一个场次。")
            return False
        return all(found)

    @property
    def faulty_rows(self) -> list[str]:
        """The sessions and questions with mistakes, named as on the page: they are far below its top."""
        parts = ((self.sessions, "第 {} 场"), (self.questions, "报名第 {} 题"), (self.survey, "评价第 {} 题"))
        return [
            name.format(place)
            for rows, name in parts
            if rows.is_bound
            for place, errors in enumerate(rows.errors, start=1)
            if errors
        ]

    @property
    def rule(self) -> membership.Rule:
        return self.audience.rule(self.union, self._kept)

    @property
    def plans(self) -> list[dict[str, Any]]:
        return [form.plan() for form in self.sessions.kept()]

    @property
    def fields(self) -> dict[str, Any]:
        """Keyword arguments for the operations."""
        fields = self.about.fields_given()
        fields["body"] = settle(self.about.cleaned_data["text"], self.activity.body if self.activity else "")
        fields["questions"] = [form.question() for form in self.questions.kept()]
        fields["survey"] = [form.question() for form in self.survey.kept()]
        if fields["drawing"] and self.activity and fields["drawing"] != self.activity.drawing:
            fields["cover"] = None
        return fields

    @property
    def upload(self) -> Any:
        return self.about.cleaned_data["upload"]


def _session_row(session: Session) -> dict[str, Any]:
    pool = session.pool
    return {
        "session_id": session.pk,
        "name": session.name,
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "place": session.place,
        "capacity": pool.capacity,
        "mode": pool.mode,
        "opens_at": pool.opens_at,
        "closes_at": pool.closes_at,
        "has_waitlist": pool.has_waitlist,
        "offer_minutes": pool.offer_minutes,
    }


def _questions(activity: Activity | None, name: str) -> list[dict[str, Any]]:
    stored = getattr(activity, name) if activity else []
    return [row | {"options": "\n".join(row.get("options") or []), "was": row["kind"]} for row in stored]


def _typed(data: QueryDict | None, prefix: str = "") -> Mapping[str, Any] | None:
    return as_typed(data, prefix, many=("union_ids", "work_forms"))


def _about_typed(data: QueryDict | None) -> Mapping[str, Any] | None:
    typed = _typed(data)
    return typed and {**typed, "text": RichTextarea().value_from_datadict(typed, None, "text")}


_TELLING = ("name", "starts_at", "ends_at", "capacity", "label", "options")
"""A row of which none of these is filled in was not begun."""


def _typed_rows(data: QueryDict, prefix: str) -> list[dict[str, Any]]:
    off = {"has_waitlist": False, "required": False}
    return rows_as_typed(data, prefix, telling=_TELLING, off=off, most=QUESTIONS)
