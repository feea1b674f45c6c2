"""Forms that say what is missing."""

from typing import Any

from django import forms

_DJANGOS = forms.Field.default_error_messages["required"]


class AsksByName(forms.BaseForm):
    """A form whose required fields, left empty, are asked for by their labels: 请填写名称。 请选择类别。

    A field with words of its own keeps them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if field.label and field.error_messages["required"] == _DJANGOS:
                verb = "选择" if isinstance(field, forms.ChoiceField) else "填写"
                field.error_messages["required"] = f"请{verb}{field.label}。"
