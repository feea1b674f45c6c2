"""Template tags and filters of the workbench's own pages."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.views.main import ALL_VAR, PAGE_VAR, SEARCH_VAR, ChangeList
from django.db.models import Model
from django.template import Context, Library
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe

from huigong.core.admin.rows import Table
from huigong.core.audit import Moment
from huigong.core.formats import thousands
from huigong.core.models import AuditRow
from huigong.faces.workbench import queries
from huigong.faces.workbench.queries import words

register = Library()


@register.filter
def history(moments: Iterable[Moment], rows: Iterable[AuditRow]) -> list[Moment]:
    """``{{ moments|history:audit_rows }}``: one list, newest first."""
    return words.merged(moments, rows)


@register.simple_tag(takes_context=True)
def sidebar(context: Context) -> str:
    """The frame's left side."""
    shown = {
        "site": context["site_header"],
        "groups": context["sidebar_navigation"],
        "user": context["user"],
        "office": context["my_office"],
        "csrf_token": context["csrf_token"],
        "home": reverse("admin:index"),
        "account": reverse("accounts:settings"),
        "leave": reverse("admin:logout"),
    }
    return _drawn("sidebar", shown)


@register.simple_tag(takes_context=True)
def listing(context: Context) -> str:
    """A list, all but its foot."""
    changes, request = context["cl"], context["request"]
    form = context["action_form"]
    own = {PAGE_VAR, *(name for each in changes.filter_specs for name in each.expected_parameters())}
    asked = [(name, value) for name, value in request.GET.items() if name not in (PAGE_VAR, SEARCH_VAR)]
    shown = {
        "cl": changes,
        "csrf_token": context["csrf_token"],
        "searched_in": asked,
        "actions": form.fields["action"].choices if form and changes.result_list else [],
        "rows": _rows(changes, context),
        "shown": [each.shown() for each in changes.filter_specs],
        "kept": [(name, value) for name, value in request.GET.items() if name not in own],
    }
    return _drawn("list", shown)


def _rows(changes: ChangeList, context: Context) -> str:
    """The rows, or why there are none."""
    if not changes.result_list:
        may_add = changes.model_admin.has_add_permission(context["request"])
        return render_to_string(
            "unfold/helpers/empty_results.html", {"cl": changes, "has_add_permission": may_add}
        )
    return _drawn("rows", {"table": Table(changes, context.get("actions_row") or ())})


@register.simple_tag(takes_context=True)
def pages(context: Context) -> str:
    """The foot of a list: its pages, how many rows there are, and all of them where they fit on one page."""
    changes = context["cl"]
    is_one = changes.show_all or not changes.multi_page
    numbers = [] if is_one else changes.paginator.get_elided_page_range(changes.page_num)
    shown = {
        "cl": changes,
        "count": thousands(changes.result_count),
        "pages": [(number, _page_address(changes, number)) for number in numbers],
        "all": "" if is_one or not changes.can_show_all else changes.get_query_string({ALL_VAR: ""}),
    }
    return _drawn("pages", shown)


def _page_address(changes: ChangeList, number: int | str) -> str:
    """Nothing for the page that is open, and for the gap between pages."""
    is_other = isinstance(number, int) and number != changes.page_num
    return changes.get_query_string({PAGE_VAR: number}) if is_other else ""


def _drawn(name: str, shown: dict[str, Any]) -> str:
    return mark_safe(render_to_string(f"workbench/{name}.html", shown))  # noqa: S308 these templates escape


@register.inclusion_tag("unfold/helpers/header_title.html", takes_context=True)
def crumbs(context: Context) -> dict[str, Any]:
    """Where the page stands: the group and the entry of the sidebar, the row, the page's own title."""
    opts = context.get("opts")
    if not opts:
        return {"parts": [{"title": context.get("title", "")}]}
    listed = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
    parts: list[dict[str, Any]] = []
    for group in queries.navigation(context["request"]):
        for item in group["items"]:
            if item["link"] == listed:
                parts = [{"title": group["title"]}, {"title": item["title"], "link": listed}]
    row = context.get("original") or context.get("object")
    if isinstance(row, Model):
        parts.append({"title": str(row), "link": reverse(f"{_urls_of(row)}_change", args=[row.pk])})
        if context.get("is_history"):
            parts.append({"title": f"{row}的历史"})
    elif context.get("add"):
        parts.append({"title": f"新增{opts.verbose_name}"})
    elif not context.get("cl"):
        parts.append({"title": context.get("title", "")})
    return {"parts": parts}


def _urls_of(row: Model) -> str:
    """The start of the URL names of a row's model."""
    return f"admin:{row._meta.app_label}_{row._meta.model_name}"
