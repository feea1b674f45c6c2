"""What a cadre fills in about a document and its paper forms."""

from typing import TYPE_CHECKING, Any

from django import forms

from huigong.core.asking import AsksByName
from huigong.core.richforms import RichTextarea, RichTextField, settle
from huigong.services.policies.models import Policy

if TYPE_CHECKING:
    from django.db.models import QuerySet

_PLAIN = (
    "title", "number", "issuer", "level", "topic", "issued_on", "in_force_on", "ends_on", "summary",
)  # fmt: skip


class _Day(forms.DateInput):
    def __init__(self) -> None:
        super().__init__({"type": "date"}, format="%Y-%m-%d")


class _Titles(forms.ModelMultipleChoiceField):
    def label_from_instance(self, row: Policy) -> str:
        return f"{row.title}（{row.number or row.issuer}）"


class PolicyForm(AsksByName, forms.Form):
    """A document: what it is, when it counts, what it says."""

    title = forms.CharField(label="标题", max_length=120, widget=forms.TextInput({"placeholder": "文件全称"}))
    number = forms.CharField(
        label="文号",
        max_length=60,
        required=False,
        widget=forms.TextInput({"placeholder": "如：惠工〔2026〕12号"}),
    )
    issuer = forms.CharField(label="发文机关", max_length=80)
    level = forms.ChoiceField(label="层级", choices=Policy.Level.choices, initial="county")
    topic = forms.ChoiceField(label="主题", choices=Policy.Topic.choices, initial="aid")
    issued_on = forms.DateField(label="发布日期", widget=_Day)
    in_force_on = forms.DateField(
        label="施行日期", required=False, widget=_Day, help_text="不填就是自发布之日起施行"
    )
    ends_on = forms.DateField(
        label="废止日期", required=False, widget=_Day, help_text="从这一天起不再执行；没有就不填"
    )
    replaces = _Titles(
        label="替代了哪些文件",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="勾上的文件在本文件施行后会显示“已被替代”",
    )
    summary = forms.CharField(
        label="一看就懂",
        max_length=2000,
        required=False,
        widget=forms.Textarea(
            {"rows": 6, "placeholder": "用大白话说：谁能享受、能得到什么、怎么办。每一行是一条。"}
        ),
    )
    text = RichTextField(
        label="全文",
        max_length=50_000,
        required=False,
        widget=RichTextarea({"rows": 12, "placeholder": "文件全文。每一行是一段。"}),
    )
    upload = forms.FileField(
        label="原文件",
        required=False,
        widget=forms.FileInput,
        help_text="盖章的 PDF 或 Word 原件，不超过 20 MB",
    )

    def __init__(
        self, *args: Any, replaceable: "QuerySet[Policy]", policy: Policy | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, initial=_initial(policy), **kwargs)
        self._policy = policy
        self.fields["replaces"].queryset = replaceable  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        issued, ends = data.get("issued_on"), data.get("ends_on")
        if not issued:
            return data
        data["in_force_on"] = starts = data.get("in_force_on") or issued
        if starts < issued:
            self.add_error("in_force_on", "不能早于发布日期。")
        if ends and ends <= starts:
            self.add_error("ends_on", "要晚于施行日期。")
        older = [row for row in data.get("replaces", ()) if row.issued_on >= issued]
        if older:
            self.add_error("replaces", f"《{older[0].title}》不比这个文件早，不能被它替代。")
        return data

    @property
    def document(self) -> dict[str, Any]:
        """Keyword arguments for the operations."""
        data = self.cleaned_data
        return {name: data[name] for name in _PLAIN} | {
            "body": settle(data["text"], self._policy.body if self._policy else ""),
            "replaces": list(data["replaces"]),
        }


def _initial(policy: Policy | None) -> dict[str, Any]:
    if policy is None:
        return {}
    return forms.model_to_dict(policy, _PLAIN) | {
        "text": policy.body,
        "replaces": [row.pk for row in policy.replaces.all()],
    }


class PaperFormForm(AsksByName, forms.Form):
    """A paper form, or a new version of one."""

    name = forms.CharField(
        label="表格名称", max_length=60, widget=forms.TextInput({"placeholder": "如：困难职工申请表"})
    )
    version = forms.CharField(
        label="版本", max_length=20, widget=forms.TextInput({"placeholder": "如：2026年版"})
    )
    upload = forms.FileField(label="表格文件", error_messages={"required": "请选择要上传的表格文件。"})


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label="原因", min_length=2, max_length=120)
