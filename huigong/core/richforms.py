"""A form field for rich text: plain lines in a textarea, and an editor over it where scripts run.

With the editor the browser sends its HTML beside the plain words; without one, every line is a paragraph. Both
come out as clean rich text (`core.richtext`). The page loads `pell/pell.min.js`, `core/rich.js` and `core/rich.css`.
"""

from collections.abc import Mapping
from typing import Any

from django import forms

from huigong.core import richtext

LONGEST = 100_000
"""Characters of mark-up; the words have their own limit."""


class PlainWords(str):
    """Rich text made from plain lines, because no editor ran: it knows nothing of headings or pictures."""


class RichTextarea(forms.Textarea):
    """The plain words, and the rich text for the editor in `data-rich`. `pictures` is where it may upload to."""

    def __init__(self, attrs: dict[str, Any] | None = None, *, pictures: str = "") -> None:
        super().__init__(attrs)
        self.pictures = pictures

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str | None:
        written = data.get(f"{name}-html")
        if written is not None:
            return richtext.clean(str(written)[:LONGEST])
        typed = super().value_from_datadict(data, files, name)
        return None if typed is None else PlainWords(richtext.from_text("\n\n".join(typed.splitlines())))

    def format_value(self, value: Any) -> str:
        return richtext.to_text(value or "")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {
            "data-rich": richtext.clean(value or ""),
            "data-pictures": self.pictures,
        }
        return context


class RichTextField(forms.CharField):
    """Rich text with at most `max_length` characters of words."""

    widget = RichTextarea

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most = max_length

    def to_python(self, value: Any) -> str:
        return value or ""

    def validate(self, value: str) -> None:
        super().validate(value)
        words = len(richtext.to_text(value))
        if words > self.most:
            raise forms.ValidationError(f"最多 {self.most:,} 字，现在有 {words:,} 字，请删短一些。")


def settle(new: str, old: str) -> str:
    """What to keep: `new`, but `old` when no editor ran and the words are the same, so that no picture is lost."""
    same = isinstance(new, PlainWords) and richtext.to_text(new).split() == richtext.to_text(old).split()
    return old if same else str(new)
