"""What editors fill in about an article, and what the platform's office sets."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from huigong.core import drawings
from huigong.core.asking import AsksByName
from huigong.core.controls import ManyFilesField, MomentInput
from huigong.core.richforms import RichTextarea, RichTextField, settle
from huigong.people.membership.forms import AudienceForm
from huigong.people.membership.queries import Rule
from huigong.people.orgs import queries as orgs
from huigong.services.news import queries
from huigong.services.news.models import MOST_STEPS, Article, Channel, ReviewPlan

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union

FIELDS = (
    "title",
    "summary",
    "drawing",
    "source",
    "source_url",
    "byline",
    "is_machine_made",
    "trade",
    "publish_at",
)


class ArticleForm(AsksByName, forms.Form):
    """The words, where they are from, and when they come out. `text` is the body."""

    channel = forms.TypedChoiceField(label="栏目", coerce=int)
    title = forms.CharField(
        label="标题", max_length=60, widget=forms.TextInput({"placeholder": "一句话说清是什么事"})
    )
    summary = forms.CharField(
        label="摘要",
        max_length=120,
        required=False,
        widget=forms.Textarea({"rows": 2, "placeholder": "列表、分享和朗读时先出现的一两句话"}),
    )
    text = RichTextField(
        label="正文",
        max_length=20_000,
        widget=RichTextarea({"rows": 14, "placeholder": "从最要紧的一句写起。每一行是一段。"}),
    )
    drawing = forms.ChoiceField(
        label="封面", choices=[("", "按标题配"), *drawings.COVERS.items()], required=False
    )
    upload = forms.FileField(label="上传封面照片", required=False, widget=forms.FileInput)
    byline = forms.CharField(label="作者", max_length=40, required=False)
    source = forms.CharField(
        label="来源", max_length=40, required=False, help_text="转载请写原发布单位，并附原文链接"
    )
    source_url = forms.URLField(
        label="原文链接",
        max_length=300,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput({"placeholder": "https://"}),
        error_messages={"invalid": "请填以 https:// 开头的完整网址。"},
    )
    is_machine_made = forms.BooleanField(
        label="含人工智能生成内容", required=False, help_text="打开后，文末会写明，请先逐字核对"
    )
    trade = forms.ChoiceField(
        label="相关行业", required=False, help_text="这个行业的会员会先看到；不选就不分行业"
    )
    publish_at = forms.DateTimeField(
        label="定时发布", required=False, widget=MomentInput, help_text="不填就是审核通过后马上发布"
    )
    uploads = ManyFilesField(
        label="附件",
        required=False,
        help_text="文档，或 MP4、M4A、MP3（在文章里直接播放），最多 5 个",
    )

    def __init__(self, *args: Any, article: Article | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channels = {channel.pk: channel for channel in queries.channels()}
        if article:
            self.channels.setdefault(article.channel_id, article.channel)
        trades = dict.fromkeys([*queries.trades(), *([article.trade] if article and article.trade else [])])
        self._offer("channel", [(pk, channel.name) for pk, channel in self.channels.items()])
        self._offer("trade", [("", "不分行业"), *((name, name) for name in trades)])
        self.fields["text"].widget.pictures = reverse("news:pictures")  # type: ignore[attr-defined]

    def _offer(self, name: str, choices: list[tuple[Any, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_channel(self) -> Channel:
        return self.channels[self.cleaned_data["channel"]]

    def clean_publish_at(self) -> Any:
        moment = self.cleaned_data["publish_at"]
        if moment and moment <= timezone.now():
            raise forms.ValidationError("定时发布的时间要晚于现在；马上发布请清空。")
        return moment

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("source_url") and not data.get("source"):
            self.add_error("source", "附了原文链接，请写明来源单位。")
        return data


class ArticleEditor:
    """An article on one page: its words and who may read it."""

    def __init__(
        self,
        union: "Union",
        article: Article | None = None,
        data: QueryDict | None = None,
        files: "MultiValueDict[str, Any] | None" = None,
    ) -> None:
        self.union, self.article = union, article
        self._kept = Rule.parse(article.audience) if article else Rule()
        self.about = ArticleForm(data, files, initial=self._initial(), article=article)
        self.audience = AudienceForm(
            data,
            prefix="a",
            within=orgs.below(union),
            initial=AudienceForm.initial_of(union, self._kept),
        )

    def _initial(self) -> dict[str, Any]:
        if self.article is None:
            return {}
        kept = {name: getattr(self.article, name) for name in FIELDS}
        return kept | {"text": self.article.body, "channel": self.article.channel_id}

    def is_valid(self) -> bool:
        """Both parts are checked, so that every mistake is marked at once."""
        return all([self.about.is_valid(), self.audience.is_valid()])

    @property
    def fields(self) -> dict[str, Any]:
        """Keyword arguments for the operations, without an uploaded cover."""
        data = self.about.cleaned_data
        fields: dict[str, Any] = {name: data[name] for name in (*FIELDS, "channel")}
        fields["body"] = settle(data["text"], self.article.body if self.article else "")
        fields["rule"] = self.audience.rule(self.union, self._kept)
        if self.article and data["drawing"] != self.article.drawing:
            fields["cover"] = None
        return fields

    @property
    def upload(self) -> Any:
        return self.about.cleaned_data["upload"]

    @property
    def uploads(self) -> list[tuple[Any, str]]:
        return [(upload, upload.name) for upload in self.about.cleaned_data["uploads"]]


class ReasonForm(AsksByName, forms.Form):
    """Why an article is taken back."""

    reason = forms.CharField(label="原因", min_length=2, max_length=120)


class ChannelForm(AsksByName, forms.ModelForm):
    """A channel as its office sets it."""

    class Meta:
        model = Channel
        fields = ("name", "key", "note", "place", "is_open")
        help_texts = {
            "key": "英文字母、数字和短横线，用在网址里",
            "place": "数字小的排在前面",
            "is_open": "停用后不再收新文章，读者也选不到",
        }


class PlanForm(forms.Form):
    """The reviews of one level, in order; an empty place is none."""

    def __init__(self, *args: Any, steps: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "不审"), *ReviewPlan.Office.choices]
        for place in range(MOST_STEPS):
            self.fields[f"step{place}"] = forms.ChoiceField(
                label=f"第 {place + 1} 次审核",
                choices=choices,
                required=False,
                initial=steps[place] if place < len(steps) else "",
            )

    @property
    def steps(self) -> list[str]:
        """What was chosen, without the empty places."""
        return [step for step in self.cleaned_data.values() if step]
