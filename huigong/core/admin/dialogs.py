"""Actions of the workbench: a button, a dialog that says what will happen, a POST that calls one operation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from unfold.enums import ActionVariant
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget

from huigong.core.errors import Refused
from huigong.core.keys import row_key

Variant = ActionVariant
MOST_AT_ONCE = 100
"""So many ticked rows are decided about in one go; the rest stays in the list, and the cadre is told."""


class DialogForm(BaseDialogForm):
    """A question in a dialog. Its choices may depend on `self.request.user` and on `self.target`, the row that
    the dialog is about, or None."""

    canned: ClassVar[tuple[str, ...]] = ()
    """Sentences that a tap puts into the field for words."""

    def __init__(self, *args: Any, target: Any = None, **kwargs: Any) -> None:
        self.target = target
        super().__init__(*args, **kwargs)


class ReasonForm(DialogForm):
    reason = forms.CharField(
        label="原因",
        max_length=300,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        error_messages={"required": "请写明原因。"},
    )


def reasons(*sentences: str) -> type[ReasonForm]:
    """A form for a reason that offers what is written most often."""
    return type("CannedReasonForm", (ReasonForm,), {"canned": sentences, "__module__": __name__})


class RemarkForm(DialogForm):
    remark = forms.CharField(
        label="意见（可不填）",
        max_length=300,
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


def dialog_action(
    label: str,
    *,
    permission: str | Callable[[Any], str],
    text: str | Callable[[Any], str],
    submit: str,
    title: str = "",
    form: type[DialogForm] = DialogForm,
    icon: str | None = None,
    variant: ActionVariant = ActionVariant.DEFAULT,
    when: Callable[[Any], bool] = lambda target: True,
    who: Callable[[Any, Any], bool] = lambda actor, target: True,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a method of a ScopedModelAdmin an action with a dialog.

    The method gets ``(self, request, target, data)`` and returns the sentence that tells of its success, or a
    response. The target is fetched by the module's `get_one` with `permission`: 404 when hidden, 403 when not
    allowed. The dialog names the target; `text`, a sentence or a function of the target, says what will happen.
    A refusal of the operation appears in the dialog. The button shows `when(target)` and
    `who(actor, target)`; the operation refuses anyway. There is no way to make an action without a dialog, so
    none can be a plain link that a foreign page could open.
    """
    dialog = {"title": title or label, "description": text, "form_class": form, "form_submit_text": submit}

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def view(model_admin: Any, request: HttpRequest, object_id: str | None = None) -> HttpResponse:
            target = model_admin.target_of_action(request, object_id, needed(model_admin))
            answers = form(request=request, object_id=object_id, target=target, data=request.POST or None)
            if request.method == "POST" and answers.is_valid():
                try:
                    outcome = function(model_admin, request, target, answers.cleaned_data)
                except Refused as refused:
                    answers.add_error(None, refused.sentence)
                else:
                    return _done(model_admin, request, target, outcome)
            said = dialog if isinstance(text, str) else {**dialog, "description": text(target)}
            return show(request, {**said, "about": _about(model_admin, target)}, answers)

        def needed(model_admin: Any) -> str:
            name = permission(model_admin) if callable(permission) else permission
            if not name:
                raise PermissionDenied
            return name

        view.short_description = label  # type: ignore[attr-defined]
        view.icon, view.variant, view.attrs, view.dialog = icon, variant, {}, dialog  # type: ignore[attr-defined]
        view.needed, view.when, view.who = needed, when, who  # type: ignore[attr-defined]
        view.original_function_name = function.__name__  # type: ignore[attr-defined]
        return view

    return decorate


def _about(model_admin: Any, target: Any) -> tuple[str, str] | None:
    """The name of what a dialog is about, and a few words beside it."""
    return None if target is None else (str(target), model_admin.describe(target))


@dataclass(frozen=True)
class Outcome:
    """What became of one ticked row; `note` says why not, or what to know."""

    name: str
    is_done: bool
    note: str = ""


def bulk_action(
    label: str, *, permission: str, text: str, submit: str, form: type[forms.Form] = forms.Form
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a method of a ScopedModelAdmin an action on the ticked rows, with a page in between that asks.

    The method gets ``(self, request, rows, data)`` and returns an `Outcome` for each row; a page shows them. Of
    more than `MOST_AT_ONCE` rows only so many are taken, and the page says how many stay. `text` says what will
    happen; ``{count}`` in it is the number of rows.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def action(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            answers = form(request.POST if "confirmed" in request.POST else None)
            rows = list(queryset[:MOST_AT_ONCE])
            left = queryset.count() - len(rows) + (row_key(request.POST.get("left")) or 0)
            page = {"title": label, "opts": model_admin.opts, "left": left, "most": MOST_AT_ONCE}
            if "confirmed" in request.POST and answers.is_valid():
                outcomes = function(model_admin, request, rows, answers.cleaned_data)
                return _tell(model_admin, request, page, outcomes)
            named = [(row.pk, str(row), model_admin.describe(row)) for row in rows]
            page |= {"rows": named, "text": text.format(count=len(rows)), "submit_text": submit}
            page |= {"form": answers, "action": function.__name__, "back": request.get_full_path()}
            return _page(model_admin, request, "workbench/confirm.html", page)

        action.short_description = label  # type: ignore[attr-defined]
        action.needed = permission  # type: ignore[attr-defined]
        return action

    return decorate


def _tell(
    model_admin: Any, request: HttpRequest, page: dict[str, Any], outcomes: Sequence[Outcome]
) -> HttpResponse:
    done = sum(outcome.is_done for outcome in outcomes)
    # Who failed comes first: there is something left to do.
    page |= {
        "outcomes": sorted(outcomes, key=lambda outcome: outcome.is_done),
        "back": request.get_full_path(),
    }
    page |= {"done": done, "failed": len(outcomes) - done}
    return _page(model_admin, request, "workbench/outcomes.html", page)


def _page(model_admin: Any, request: HttpRequest, template: str, page: dict[str, Any]) -> HttpResponse:
    return render(request, template, {**model_admin.admin_site.each_context(request), **page})


def show(request: HttpRequest, dialog: dict[str, Any], form: DialogForm) -> HttpResponse:
    """The dialog; htmx puts it over the page, without script it is a small page of its own."""
    context = {"dialog": dialog, "form": form, "form_submit_text": dialog["form_submit_text"]}
    return render(request, "unfold/helpers/dialog.html", context)


def show_result(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Something to read in place of the dialog, once: it is in this answer and nowhere else."""
    response = render(request, template, context)
    response["HX-Retarget"] = response["HX-Reselect"] = "#dialog"
    response["Cache-Control"] = "no-store"
    return response


def _done(model_admin: Any, request: HttpRequest, target: Any, outcome: Any) -> HttpResponse:
    if isinstance(outcome, HttpResponse):
        return outcome
    messages.success(request, outcome)
    return HttpResponse(headers={"HX-Redirect": model_admin.page_after_action(request, target)})
