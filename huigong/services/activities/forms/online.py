"""What a member sends in to an online activity, and what a moderator decides."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from huigong.core.questions import parse_schema
from huigong.services.activities.models import Activity


class WorkForm(forms.Form):
    """A few words, a photo, or both."""

    text = forms.CharField(
        label="文字",
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 5, "placeholder": "写几句话，最多 1,000 字"}),
    )
    photo = forms.FileField(label="照片", required=False)

    def __init__(self, *args: Any, has_photo: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_photo = has_photo

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("text") or data.get("photo") or self.has_photo or self.errors):
            raise forms.ValidationError("请写几句话，或上传一张照片。")
        return data


class ContributionForm:
    """The work and, for who signs up with it, the organiser's questions."""

    def __init__(
        self,
        activity: Activity,
        data: Any = None,
        files: Any = None,
        *,
        asks: bool,
        has_photo: bool,
        text: str = "",
    ) -> None:
        self.work = WorkForm(data, files, has_photo=has_photo, initial={"text": text})
        self.questions = parse_schema(activity.questions if asks else []).form_class()(data, prefix="q")

    @property
    def parts(self) -> list[forms.Form]:
        return [self.questions, self.work]

    def is_valid(self) -> bool:
        """Both are checked, so that every mistake is marked at once."""
        found = [part.is_valid() for part in self.parts]
        return all(found)

    @property
    def text(self) -> str:
        return self.work.cleaned_data["text"]

    @property
    def photo(self) -> UploadedFile | None:
        return self.work.cleaned_data["photo"] or None

    @property
    def answers(self) -> dict[str, Any]:
        return self.questions.cleaned_data
