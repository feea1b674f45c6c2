"""What authors and officers fill in about a complaint."""

import uuid
from decimal import Decimal
from typing import Any

from django import forms

from huigong.core import identity
from huigong.core.asking import AsksByName
from huigong.core.controls import ManyFilesField
from huigong.services.complaints.models import Case
from huigong.services.complaints.operations import MOST_FILES, Draft, LetterWords, Upload
from huigong.services.complaints.queries import Officer, terms

NAMED = [
    (Case.Naming.NAMED.value, "实名：办理人可以查看我是谁，不告诉被投诉单位"),
    (Case.Naming.WITHHELD.value, "隐名：不写进任何文书，办理人要写明理由才能查看"),
]
_FILES = "照片、截图（拍摄地点等信息会自动去掉）"


def _words(
    label: str, placeholder: str = "", *, rows: int = 4, most: int = 2000, **more: Any
) -> forms.CharField:
    widget = forms.Textarea({"rows": rows, "placeholder": placeholder})
    return forms.CharField(label=label, max_length=most, widget=widget, **more)


class TellForm(AsksByName, forms.Form):
    """The complaint itself, alike for every way of signing it."""

    demand = forms.ChoiceField(label="您想要", choices=Case.Demand.choices, widget=forms.RadioSelect)
    cause = forms.ChoiceField(label="事由", choices=[("", "请选择"), *Case.Cause.choices])
    employer = forms.CharField(
        label="用人单位",
        max_length=60,
        widget=forms.TextInput({"placeholder": "营业执照或合同上的名称", "autocomplete": "off"}),
    )
    employer_code = forms.CharField(
        label="信用代码",
        required=False,
        max_length=30,
        widget=forms.TextInput({"placeholder": "18 位，不知道可以不填", "autocomplete": "off"}),
    )
    amount = forms.DecimalField(
        label="涉及金额",
        required=False,
        min_value=0,
        max_value=Decimal(99999999),
        decimal_places=2,
        widget=forms.NumberInput({"placeholder": "元，没有可以不填", "inputmode": "decimal", "step": "0.01"}),
    )
    people_affected = forms.IntegerField(
        label="涉及人数",
        min_value=1,
        max_value=100_000,
        initial=1,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )
    narrative = _words(
        "事情经过",
        "什么时候、在哪里、发生了什么，涉及哪些人。写清楚有助于尽快办理。",
        rows=8,
        most=5000,
        min_length=10,
    )
    wanted = _words("希望怎样解决", "例如：补发九月至十一月的工资。", rows=3, most=500)
    uploads = ManyFilesField(label="证据材料", required=False)
    token = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {}).setdefault("token", uuid.uuid4().hex)
        super().__init__(*args, **kwargs)

    def clean_employer_code(self) -> str:
        text = self.cleaned_data["employer_code"]
        try:
            return identity.normalise_credit_code(text) if text.strip() else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_uploads(self) -> list[Any]:
        if len(self.cleaned_data["uploads"]) > MOST_FILES:
            raise forms.ValidationError(f"一次最多 {MOST_FILES} 个文件，其余的可以提交后再补充。")
        return self.cleaned_data["uploads"]

    @property
    def draft(self) -> Draft:
        data = self.cleaned_data
        amount = data["amount"]
        names = ("demand", "cause", "employer", "employer_code", "people_affected", "narrative", "wanted")
        return Draft(
            amount_fen=None if amount is None else int(amount * 100), **{name: data[name] for name in names}
        )

    @property
    def evidence(self) -> list[Upload]:
        return uploads_of(self)


class SignedForm(TellForm):
    """Under a name."""

    naming = forms.ChoiceField(label="署名方式", choices=NAMED, widget=forms.RadioSelect)
    agree = forms.BooleanField(
        label="同意", error_messages={"required": "请先勾选同意，县总工会才能为您办理。"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uploads"].help_text = f"{_FILES}，PDF、Word、Excel 文件；最多 {MOST_FILES} 个"


class AnonymousForm(TellForm):
    """Under none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uploads"].help_text = f"只收{_FILES}；最多 {MOST_FILES} 张"


def uploads_of(form: forms.Form) -> list[Upload]:
    """The files of a form."""
    return [Upload(file, file.name) for file in form.cleaned_data["uploads"]]


class CodeForm(AsksByName, forms.Form):
    """The receipt code."""

    code = forms.CharField(
        label="回执码",
        max_length=30,
        widget=forms.TextInput({"placeholder": "16 位数字", "inputmode": "numeric", "autocomplete": "off"}),
    )


class SupplementForm(AsksByName, forms.Form):
    """More from the author."""

    text = _words("补充说明", rows=3)
    uploads = ManyFilesField(label="材料", required=False)


class RatingForm(AsksByName, forms.Form):
    """How content the author is."""

    stars = forms.TypedChoiceField(
        label="满意度",
        coerce=int,
        choices=[(5, "5 很满意"), (4, "4 满意"), (3, "3 一般"), (2, "2 不满意"), (1, "1 很不满意")],
    )
    text = _words("想说的话", rows=2, most=500, required=False)


class ReasonForm(AsksByName, forms.Form):
    """Why."""

    text = _words("理由", rows=3, most=1000, min_length=2)


class IdentityForm(AsksByName, forms.Form):
    """Why an officer has to know who the author is. The author reads it."""

    reason = forms.CharField(label="查看原因", min_length=2, max_length=100)


class AcceptForm(AsksByName, forms.Form):
    """Taking a case on."""

    demand = forms.ChoiceField(label="诉求类型", choices=Case.Demand.choices)
    cause = forms.ChoiceField(label="事由", choices=Case.Cause.choices)
    tier = forms.ChoiceField(label="难易", choices=Case.Tier.choices)
    text = _words("受理理由", rows=3, most=1000, min_length=2)


class ReplyForm(ReasonForm):
    """The answer, and one for those whose case follows."""

    to_others = _words("给并案提交人的答复", rows=4, most=1000, required=False)


class MergeForm(ReasonForm):
    """With which case this one is handled."""

    into = forms.UUIDField(label="主件")


class TransferForm(ReasonForm):
    """Handing it to another body."""

    body = forms.CharField(label="转给", max_length=60)


class ExtensionForm(ReasonForm):
    """More time."""

    working_days = forms.IntegerField(label="增加工作日", min_value=1, max_value=terms().extra)


class DecisionForm(ReasonForm):
    """Yes or no, and why."""

    verdict = forms.ChoiceField(label="结论", choices=[("yes", "是"), ("no", "否")])

    @property
    def is_yes(self) -> bool:
        return self.cleaned_data["verdict"] == "yes"


class AssignForm(forms.Form):
    """Who handles a case. The choices are whoever may."""

    lead = forms.TypedChoiceField(label="主办人", coerce=int)
    helpers = forms.TypedMultipleChoiceField(label="协办人", coerce=int, required=False)
    checker = forms.TypedChoiceField(label="质检人", coerce=int, required=False, empty_value=None)

    def __init__(self, officers: list[Officer], data: Any = None) -> None:
        super().__init__(data)
        choices = [(officer.account_id, officer.name) for officer in officers]
        self.fields["lead"].choices = choices
        self.fields["helpers"].choices = choices
        self.fields["checker"].choices = [("", "暂不指定"), *choices]


class LetterForm(AsksByName, forms.Form):
    """A letter of legal supervision."""

    addressee = forms.CharField(label="致", max_length=60, widget=forms.TextInput({"autocomplete": "off"}))
    findings = _words("查明的情况", rows=5, min_length=10)
    basis = _words("依据", rows=11)
    demand = _words("要求或建议", rows=4, min_length=5)
    answer_days = forms.IntegerField(
        label="回函工作日",
        min_value=1,
        max_value=60,
        widget=forms.NumberInput({"inputmode": "numeric"}),
    )

    @property
    def words(self) -> LetterWords:
        data = self.cleaned_data
        return LetterWords(**{name: data[name] for name in ("addressee", "findings", "basis", "demand")})


class AnswerForm(AsksByName, forms.Form):
    """What came back."""

    answered_on = forms.DateField(label="回函日期")
    text = _words("答复内容", rows=4)


class OrdersForm(AsksByName, forms.Form):
    """A sheet of the hotline's orders."""

    file = forms.FileField(label="工单表")
