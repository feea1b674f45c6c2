"""How many places each union gets."""

from typing import Any

from django import forms

from huigong.services.activities import queries
from huigong.services.activities.models import Session


class QuotaForm(forms.Form):
    """One number for each union below the organiser; empty or 0: none set apart."""

    def __init__(self, session: Session, data: Any = None) -> None:
        super().__init__(data)
        self.session = session
        for share in queries.quota_shares(session):
            self.fields[f"u{share.union_id}"] = forms.IntegerField(
                label=share.name,
                min_value=share.taken,
                max_value=session.pool.capacity,
                required=bool(share.taken),
                initial=share.capacity or None,
                help_text=f"已报 {share.taken:,} 人" if share.taken else "",
            )

    @property
    def quotas(self) -> dict[int, int]:
        """Places by union id."""
        return {int(name[1:]): places for name, places in self.cleaned_data.items() if places}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        total = sum(places or 0 for places in data.values())
        if total > self.session.pool.capacity:
            raise forms.ValidationError(
                f"共分配了 {total:,} 个，超过总名额 {self.session.pool.capacity:,} 个，请调整。"
            )
        return data
