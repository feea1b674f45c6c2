"""What a cadre fills in about a notice."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from huigong.core import calendar
from huigong.core.asking import AsksByName
from huigong.core.controls import DayInput, ManyFilesField
from huigong.core.richforms import RichTextarea, RichTextField, settle
from huigong.people.membership.forms import AudienceForm
from huigong.people.membership.queries import Rule
from huigong.people.orgs import queries as orgs
from huigong.services.notices.models import Notice

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union


class NoticeForm(AsksByName, forms.Form):
    """The words, and what is wanted of the readers."""

    title = forms.CharField(
        label="标题", max_length=60, widget=forms.TextInput({"placeholder": "一句话说清是什么事"})
    )
    text = RichTextField(
        label="正文",
        max_length=10_000,
        widget=RichTextarea(
            {"rows": 10, "placeholder": "什么事、要会员做什么、什么时候之前。每一行是一段。"}
        ),
    )
    asks_confirmation = forms.BooleanField(
        label="需要会员确认", required=False, help_text="打开后，会员要点“我已知悉”，您能看到谁还没确认"
    )
    expires_on = forms.DateField(
        label="有效期至",
        required=False,
        widget=DayInput,
        help_text="过了这一天不再计入未读；不填就是长期有效",
    )
    uploads = ManyFilesField(
        label="附件",
        required=False,
        help_text="PDF、Word、Excel、PPT，每个不超过 20 MB，最多 5 个",
    )

    def clean_expires_on(self) -> Any:
        day = self.cleaned_data["expires_on"]
        if day and day < calendar.today():
            raise forms.ValidationError("有效期不能早于今天。")
        return day


class NoticeEditor:
    """A notice on one page: its words and whom it is for."""

    def __init__(
        self,
        union: "Union",
        notice: Notice | None = None,
        data: QueryDict | None = None,
        files: "MultiValueDict[str, Any] | None" = None,
        *,
        chosen: dict[str, Any] | None = None,
    ) -> None:
        """`chosen` is a stored rule to begin with instead of the notice's own."""
        self.union, self.notice = union, notice
        stored = chosen if chosen is not None else notice.audience if notice else None
        self._kept = Rule.parse(stored) if stored else Rule()
        self.about = NoticeForm(data, files, initial=self._initial())
        self.audience = AudienceForm(
            data,
            prefix="a",
            within=orgs.below(union),
            initial=AudienceForm.initial_of(union, self._kept),
        )

    def _initial(self) -> dict[str, Any]:
        if self.notice is None:
            return {}
        return forms.model_to_dict(self.notice, ("title", "asks_confirmation", "expires_on")) | {
            "text": self.notice.body
        }

    def is_valid(self) -> bool:
        """Both parts are checked, so that every mistake is marked at once."""
        return all([self.about.is_valid(), self.audience.is_valid()])

    @property
    def fields(self) -> dict[str, Any]:
        """Keyword arguments for the operations."""
        data = self.about.cleaned_data
        return {
            "title": data["title"],
            "body": settle(data["text"], self.notice.body if self.notice else ""),
            "asks_confirmation": data["asks_confirmation"],
            "expires_on": data["expires_on"],
            "rule": self.audience.rule(self.union, self._kept),
        }

    @property
    def uploads(self) -> list[tuple[Any, str]]:
        return [(upload, upload.name) for upload in self.about.cleaned_data["uploads"]]


class NameForm(forms.Form):
    """Under which name an audience is kept."""

    name = forms.CharField(label="名称", min_length=2, max_length=20)


class ReasonForm(forms.Form):
    """Why a notice is taken back."""

    reason = forms.CharField(label="原因", min_length=2, max_length=120)
