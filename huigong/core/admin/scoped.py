"""The one ModelAdmin: rows through the module's `visible_to`, decisions through its operations."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import ShowFacets, display, helpers
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from unfold.admin import ModelAdmin
from unfold.dataclasses import SearchResult

from huigong.core import audit
from huigong.core.admin import exports
from huigong.core.admin.counting import Pages
from huigong.core.admin.origin import came_from
from huigong.core.audit import Moment
from huigong.core.errors import Refused
from huigong.core.keys import row_key

_CHECKBOX = (
    f'<input type="checkbox" name="{helpers.ACTION_CHECKBOX_NAME}" value="KEY" class="action-select" '
    'aria-label="选择">'
)
"""Unfold's has twenty classes, a kilobyte for every row."""


@dataclass(frozen=True)
class Link:
    """A page to open from a list: its words, its icon, its URL name, and who may."""

    label: str
    icon: str
    to: str
    permission: str


def _without(line: Any, names: set[str]) -> Any:
    """A field, or a line of them, less those in `names`; nothing when none is left."""
    if isinstance(line, str):
        return "" if line in names else line
    return tuple(field for field in line if field not in names)


class ScopedModelAdmin(exports.ExportMixin, ModelAdmin):
    """What a cadre sees and may do with one model.

    `visible_to(actor)` and `get_one(actor, id, permission)` are the module's. Lists, details, search,
    autocomplete, actions and exports all start from the first; a single row is fetched by the second. Forms
    show and do not write, unless `edit_permission` or `add_permission` is given together with `write`, which
    calls an operation. There is no deleting.
    """

    visible_to: ClassVar[Callable[[Any], QuerySet]]
    get_one: ClassVar[Callable[[Any, int, str], Model]]
    view_permission: ClassVar[str]
    edit_permission: ClassVar[str] = ""
    add_permission: ClassVar[str] = ""
    in_site_search: ClassVar[bool] = False
    icon: ClassVar[str] = "description"
    empty_title: ClassVar[str] = ""
    empty_note: ClassVar[str] = ""
    links: ClassVar[tuple["Link", ...]] = ()
    """Pages of the module that stand beside the list."""
    row_page: ClassVar[str] = ""
    """The URL name of a row's own page, where that is none of the workbench's."""
    has_history: ClassVar[bool] = True
    told_when_filled: ClassVar[frozenset[str]] = frozenset()
    """Fields that a page leaves out as long as there is nothing in them."""

    empty_value_display = "—"
    list_per_page = 20
    list_max_show_all = 100
    list_fullwidth = True
    list_filter_submit = True
    compressed_fields = True
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    view_on_site = False
    object_history_template = "workbench/history.html"

    # --- What is seen

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        found = type(self).visible_to(request.user)
        ordering = self.get_ordering(request)
        return found.order_by(*ordering) if ordering else found

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.view_permission)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm(self.view_permission)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if not self.edit_permission or not request.user.has_perm(self.edit_permission):
            return False
        return obj is None or self.allows(request, obj.pk, self.edit_permission)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(self.add_permission) and request.user.has_perm(self.add_permission)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def allows(self, request: HttpRequest, object_id: Any, permission: str) -> bool:
        """Would `get_one` give the row out with `permission`? Asked once a request."""
        return self._fetched(request, object_id, permission) is not None

    def _fetched(self, request: HttpRequest, object_id: Any, permission: str) -> Model | None:
        known = request.__dict__.setdefault("_workbench_rows", {})
        key = (self.model, str(object_id), permission)
        if key not in known:
            try:
                known[key] = self.target_of_action(request, str(object_id), permission)
            except (Http404, PermissionDenied):
                known[key] = None
        return known[key]

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """A hidden row is like one that does not exist: 404, not a redirect with a hint."""
        raise Http404

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list, called by its name, with the pages beside it that the cadre may open."""
        context = {
            "title": self.opts.verbose_name_plural,
            "page_links": [link for link in self.links if request.user.has_perm(link.permission)],
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """As declared, without what would stand there empty."""
        declared = super().get_fieldsets(request, obj)
        if obj is None or not self.told_when_filled:
            return declared
        empty = {name for name in self.told_when_filled if not getattr(obj, name, None)}
        shown = []
        for title, options in declared:
            fields = [_without(line, empty) for line in options["fields"]]
            shown.append((title, {**options, "fields": [line for line in fields if line]}))
        return [(title, options) for title, options in shown if options["fields"]]

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Pages:
        """Pages that remember a large number for a minute."""
        return Pages(request, *args, **kwargs)

    # --- Finding

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only the declared filters: no other field can be asked through the address."""
        return lookup in self._declared_lookups(request)

    def _declared_lookups(self, request: HttpRequest | None) -> set[str]:
        names = set()
        for declared in self.get_list_filter(request):
            if not isinstance(declared, (list, tuple, str)):
                names.add(declared.parameter_name)
                continue
            field = declared if isinstance(declared, str) else declared[0]
            names |= {field, f"{field}__exact", f"{field}__isnull", f"{field}_from", f"{field}_to"}
        return names

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        """The rows that `text` means. A list with a search box defines this and `search_help_text`."""
        raise NotImplementedError

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("pk",) if self.search_help_text else ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        text = search_term.strip()
        return (self.find(queryset, text) if text else queryset), False

    def search_results(self, request: HttpRequest, text: str, *, limit: int = 5) -> list[SearchResult]:
        """Rows for the search in the sidebar."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return [
            SearchResult(str(row), self.describe(row), reverse(name, args=[row.pk]), self.icon)
            for row in self.find(self.get_queryset(request), text)[:limit]
        ]

    def describe(self, row: Any) -> str:
        """A few words beside a row's name, in search results and before it is decided about."""
        return str(self.opts.verbose_name)

    # --- Actions

    @display(description=ModelAdmin.action_checkbox.short_description)
    def action_checkbox(self, obj: Model) -> str:
        return mark_safe(_CHECKBOX.replace("KEY", str(obj.pk)))  # noqa: S308 a number

    def target_of_action(self, request: HttpRequest, object_id: str | None, permission: str) -> Model | None:
        """The row an action is about: 404 when hidden, 403 when not allowed. None for actions on the list."""
        if object_id is None:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return None
        key = row_key(object_id)
        if key is None:
            raise Http404
        return type(self).get_one(request.user, key, permission)

    def page_after_action(self, request: HttpRequest, target: Model | None) -> str:
        """Back to the page the button was on, or to the list when the row is out of sight now."""
        index = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        origin = came_from(request)
        if origin.path == index or target is None:
            return f"{index}?{origin.query}" if origin.path == index and origin.query else index
        if not type(self).visible_to(request.user).filter(pk=target.pk).exists():
            return index
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[target.pk])

    def _filter_unfold_actions_by_permissions(
        self, request: HttpRequest, actions: Iterable[Any], object_id: Any = None
    ) -> list[Any]:
        return [action for action in actions if self._offers(request, action.method, object_id)]

    def _offers(self, request: HttpRequest, method: Any, object_id: Any) -> bool:
        try:
            permission = method.needed(self)
        except PermissionDenied:
            return False
        if not request.user.has_perm(permission):
            return False
        if object_id is None:
            return True
        target = self._fetched(request, object_id, permission)
        return target is not None and method.when(target) and method.who(request.user, target)

    def _filter_actions_by_permissions(self, request: HttpRequest, actions: Iterable[Any]) -> list[Any]:
        """Actions on ticked rows: only those made by `bulk_action`, for who holds their permission."""
        ours = (action for action in actions if hasattr(action[0], "needed"))
        return [action for action in ours if request.user.has_perm(action[0].needed)]

    def response_action(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        """Ticks that are no keys of rows come from no page of ours; they are told so."""
        if not all(row_key(ticked) for ticked in request.POST.getlist(helpers.ACTION_CHECKBOX_NAME)):
            messages.warning(request, "勾选的内容有误，请刷新页面后重新勾选。")
            return HttpResponseRedirect(request.get_full_path())
        return super().response_action(request, queryset)

    # --- Writing

    def write(self, request: HttpRequest, obj: Any, data: dict[str, Any], *, adding: bool) -> Model:
        """Call the operation that `data`, a checked form, asks for; return its row."""
        raise PermissionDenied

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        target = self._fetched(request, obj.pk, self.edit_permission) if change else None
        written = self.write(request, target, form.cleaned_data, adding=not change)
        obj.pk = written.pk
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        raise PermissionDenied

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if object_id and not self.allows(request, object_id, self.view_permission):
            raise Http404
        shown = {"show_save_and_add_another": False, "show_history": self.has_history and bool(object_id)}
        extra_context = {**shown, **(extra_context or {})}
        if object_id and self.change_form_outer_after_template:
            row = self._fetched(request, object_id, self.view_permission)
            extra_context["moments"] = self.moments(request, row)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refused:
            messages.error(request, refused.sentence)
            return HttpResponseRedirect(request.get_full_path())

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The operation has written the audit trail; Django keeps no second one."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """See `log_addition`."""

    # --- History

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Everything that was decided about one row, newest first."""
        obj = self.target_of_action(request, object_id, self.view_permission)
        context = {
            **self.admin_site.each_context(request),
            "title": f"{obj}的历史",
            "opts": self.opts,
            "object": obj,
            "original": obj,
            "is_history": True,
            "moments": sorted(self.moments(request, obj), key=lambda moment: moment.at, reverse=True),
            "audit_rows": audit.history(obj),
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return TemplateResponse(request, self.object_history_template, context)

    def moments(self, request: HttpRequest, obj: Any) -> list[Moment]:
        """What else belongs into the history: steps of a review, memberships. The audit trail is added."""
        return []

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_download"
        return [
            path("download/", self.admin_site.admin_view(self.download_view), name=name),
            *super().get_urls(),
        ]
