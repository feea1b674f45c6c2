"""The questions as a Django form, for a page."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from huigong.core.questions.question import Kind, Question

if TYPE_CHECKING:
    from huigong.core.questions.schema import Questions

_LONG_LIST = 8


class AnswerField(forms.Field):
    """One question; what counts as an answer, the question itself decides."""

    def __init__(self, question: Question) -> None:
        super().__init__(
            required=question.required,
            label=question.label,
            help_text="。".join(
                filter(None, [question.help, question.why and f"为什么要填：{question.why}"])
            ),
            widget=_widget(question),
        )
        self.question = question

    def clean(self, value: Any) -> Any:
        try:
            return self.question.clean(value)
        except ValueError as refused:
            raise forms.ValidationError(str(refused)) from None

    def prepare_value(self, value: Any) -> Any:
        """Yes and no are stored as true and false, and asked in words."""
        return {True: "是", False: "否"}[value] if isinstance(value, bool) else value


class AnswersForm(forms.Form):
    """Its `cleaned_data` is what `Questions.clean` gives: only answered questions, plain JSON.

    Files are not among its fields: whoever asks for them takes them in by itself. What is not asked, because an
    earlier answer says so, is dropped however much was sent for it.
    """

    questions: ClassVar["Questions"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in self.questions:
            if question.kind != Kind.FILES:
                self.fields[question.id] = AnswerField(question)

    def clean(self) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        for question in self.questions:
            if not question.is_asked(kept):
                self.errors.pop(question.id, None)
            elif (answer := self.cleaned_data.get(question.id)) is not None:
                kept[question.id] = answer
        return kept


def _widget(question: Question) -> forms.Widget:
    options = [(option, option) for option in question.options]
    match question.kind:
        case Kind.LONG_TEXT:
            return forms.Textarea({"rows": 4, "maxlength": 1000})
        case Kind.SINGLE if len(options) > _LONG_LIST:
            return forms.Select(choices=[("", "请选择"), *options])
        case Kind.SINGLE:
            return forms.RadioSelect(choices=options)
        case Kind.MULTIPLE:
            return forms.CheckboxSelectMultiple(choices=options)
        case Kind.YES_NO:
            return forms.RadioSelect(choices=[("是", "是"), ("否", "否")])
        case Kind.NUMBER:
            return forms.NumberInput(
                _attributes(min=question.min, max=question.max, step="any", inputmode="decimal")
            )
        case Kind.DATE:
            return forms.DateInput({"type": "date"})
        case Kind.PHONE:
            return forms.TextInput({"type": "tel", "inputmode": "numeric", "autocomplete": "tel-national"})
        case Kind.ID_NUMBER:
            return forms.TextInput({"maxlength": 18, "autocomplete": "off"})
    return forms.TextInput({"maxlength": 100})


def _attributes(**given: Any) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}
