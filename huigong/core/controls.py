"""Controls that forms of several modules use."""

import base64
import binascii
import io
from typing import Any

from django import forms


class DayInput(forms.DateInput):
    """The browser's own picker of a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of date and time."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files, chosen with one tap."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(ManyFilesField, self).clean(one, initial) for one in data or []]


class SignatureField(forms.CharField):
    """A drawing from the canvas, sent as a data address; comes out as a file, or None."""

    widget = forms.HiddenInput

    def clean(self, value: str) -> io.BytesIO | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return io.BytesIO(base64.b64decode(text.removeprefix(_DRAWN), validate=True))
        except (binascii.Error, ValueError):
            raise forms.ValidationError("签名没有收到，请重写一次。") from None


_DRAWN = "data:image/png;base64,"
