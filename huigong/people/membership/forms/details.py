"""What a member tells of themself, if they like."""

from django import forms

from huigong.people.membership.models import Education, Ethnicity, Person, PoliticalStatus

_UNSAID = ("", "不填写")


class DetailsForm(forms.Form):
    """None of it is asked before joining, none is ever required, and whoever filled it in may empty it again."""

    ethnicity = forms.ChoiceField(label="民族", choices=[_UNSAID, *Ethnicity.choices], required=False)
    education = forms.ChoiceField(label="学历", choices=[_UNSAID, *Education.choices], required=False)
    political_status = forms.ChoiceField(
        label="政治面貌", choices=[_UNSAID, *PoliticalStatus.choices], required=False
    )

    @classmethod
    def initial_of(cls, person: Person) -> dict[str, str]:
        """What the form shows for a person."""
        return {name: getattr(person, name) for name in cls.base_fields}
