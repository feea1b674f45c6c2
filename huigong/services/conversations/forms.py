"""What people write: a new thread, a message in one, a rating, words kept ready."""

from typing import Any
from uuid import uuid4

from django import forms

from huigong.core.controls import ManyFilesField
from huigong.services.conversations.models import Thread
from huigong.services.conversations.operations import Letter

KINDS = [choice for choice in Thread.Kind.choices if choice[0] != Thread.Kind.UNION]


class _LetterForm(forms.Form):
    """Words and files under a key; the key is the page's, so that what is sent twice arrives once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    text = forms.CharField(
        label="内容",
        max_length=2000,
        widget=forms.Textarea(
            {"rows": 6, "placeholder": "什么事、什么时候、希望怎么办，写得越清楚，答复越快。"}
        ),
    )
    uploads = ManyFilesField(
        label="图片和文件",
        required=False,
        help_text="图片，或 PDF、Word、Excel、PPT，一次最多 6 个",
    )

    @property
    def letter(self) -> Letter:
        data = self.cleaned_data
        return Letter(data["text"], data["key"], [(upload, upload.name) for upload in data["uploads"]])


class MessageForm(_LetterForm):
    """One more message; pictures may stand without words."""

    text = forms.CharField(max_length=2000, required=False)


class StartForm(_LetterForm):
    """A worker's new thread."""

    kind = forms.ChoiceField(label="类别", choices=KINDS, initial=Thread.Kind.HELP, widget=forms.RadioSelect)
    title = forms.CharField(
        label="标题", max_length=60, widget=forms.TextInput({"placeholder": "一句话说清是什么事"})
    )
    field_order = ("kind", "title", "text", "uploads", "key")


class UnionLetterForm(_LetterForm):
    """A union's letter to another."""

    home = forms.TypedChoiceField(label="以谁的名义", coerce=int)
    to = forms.TypedChoiceField(label="写给", coerce=int)
    title = forms.CharField(label="标题", max_length=60)
    field_order = ("home", "to", "title", "text", "uploads", "key")

    def __init__(
        self, *args: Any, homes: list[tuple[int, str]], places: list[tuple[int, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["home"].choices = homes  # type: ignore[attr-defined]
        self.fields["to"].choices = places  # type: ignore[attr-defined]


class RatingForm(forms.Form):
    """How well it was answered."""

    stars = forms.TypedChoiceField(
        label="评分",
        coerce=int,
        choices=[(5, "非常满意"), (4, "满意"), (3, "一般"), (2, "不满意"), (1, "很不满意")],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label="说两句", max_length=200, required=False)


class ForwardForm(forms.Form):
    """To whom a thread should go, and why."""

    to = forms.IntegerField(label="转给")
    reason = forms.CharField(label="原因", min_length=2, max_length=200)


class CannedForm(forms.Form):
    """Words to keep ready."""

    title = forms.CharField(
        label="名称", max_length=20, widget=forms.TextInput({"placeholder": "例如：医疗互助怎么报"})
    )
    text = forms.CharField(label="内容", max_length=500, widget=forms.Textarea({"rows": 4}))


class DecisionForm(forms.Form):
    """Whether a suggestion is adopted, and why."""

    adopts = forms.TypedChoiceField(
        choices=[("yes", "采纳"), ("no", "不采纳")], coerce=lambda word: word == "yes"
    )
    reason = forms.CharField(min_length=2, max_length=200)


class WordingForm(forms.Form):
    """The words in which everybody reads an adopted suggestion."""

    title = forms.CharField(label="标题", max_length=60)
    wording = forms.CharField(
        label="建议内容",
        max_length=1000,
        widget=forms.Textarea(
            {"rows": 5, "placeholder": "用工会的话概括，不照抄留言，不写看得出是谁的细节。"}
        ),
    )
    reply = forms.CharField(
        label="工会答复",
        max_length=1000,
        widget=forms.Textarea({"rows": 5, "placeholder": "采纳了什么，什么时候办、由谁办。"}),
    )
