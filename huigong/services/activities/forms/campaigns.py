"""What a cadre fills in about a campaign."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse

from huigong.core import drawings
from huigong.core.controls import DayInput
from huigong.core.keys import row_key
from huigong.core.richforms import RichTextarea, RichTextField, settle
from huigong.services.activities import queries
from huigong.services.activities.models import Activity, Campaign


class CampaignForm(forms.ModelForm):
    """Theme, days and activities. `text` is the body."""

    text = RichTextField(
        label="专题介绍",
        required=False,
        max_length=5000,
        widget=RichTextarea({"rows": 6, "placeholder": "每一行是一段。"}),
    )
    activities = forms.ModelMultipleChoiceField(
        queryset=None, label="活动", required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Campaign
        fields = ("title", "summary", "starts_on", "ends_on", "drawing")
        widgets = {
            "drawing": forms.RadioSelect(choices=list(drawings.COVERS.items())),
            "starts_on": DayInput,
            "ends_on": DayInput,
        }

    def __init__(
        self, data: Any = None, *, choosable: QuerySet[Activity], instance: Campaign | None = None
    ) -> None:
        super().__init__(data, instance=instance)
        self.fields["activities"].queryset = choosable  # type: ignore[attr-defined]
        self.fields["text"].widget.pictures = reverse("activities:pictures")  # type: ignore[attr-defined]
        self._body = instance.body if instance else ""
        self.initial["text"] = self._body
        if instance:
            self.initial["activities"] = [activity.pk for activity in instance.activities.all()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "结束日期不能早于开始日期。")
        if len(data.get("activities") or ()) > queries.MOST_ACTIVITIES:
            self.add_error("activities", f"一个专题最多放 {queries.MOST_ACTIVITIES} 个活动。")
        return data

    def _post_clean(self) -> None:
        """The instance is filled by the operation; the database's own checks are told above, at their fields."""

    @property
    def chosen(self) -> list[int]:
        """The ids ticked now."""
        ticked = (self["activities"].value() or [])[:200]
        return [key for value in ticked if (key := row_key(str(value)))]

    @property
    def given(self) -> dict[str, Any]:
        """Keyword arguments for the operations."""
        data = self.cleaned_data
        given = {name: data[name] for name in (*self._meta.fields, "activities")}
        return given | {"body": settle(data["text"], self._body)}
