"""Template tags and filters of the workbench's own pages."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin.views.main import PAGE_VAR
from django.db.models import Model
from django.template import Context, Library
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import mark_safe

from huigong.core.admin.rows import TICK, Table
from huigong.core.audit import Moment
from huigong.core.formats import thousands
from huigong.core.models import AuditRow
from huigong.faces.workbench import queries
from huigong.faces.workbench.queries import words

register = Library()
register.filter("figure", thousands)


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
    return mark_safe(render_to_string("workbench/sidebar.html", shown))  # noqa: S308 escapes


@register.simple_tag(takes_context=True)
def rows(context: Context) -> str:
    """The rows of the list, or why there are none."""
    changes = context["cl"]
    if not changes.result_list:
        may_add = changes.model_admin.has_add_permission(context["request"])
        return render_to_string(
            "unfold/helpers/empty_results.html", {"cl": changes, "has_add_permission": may_add}
        )
    table = Table(changes, context.get("actions_row") or ())
    return mark_safe(render_to_string("workbench/rows.html", {"table": table, "tick": TICK}))  # noqa: S308 escapes


@register.simple_tag(takes_context=True)
def filters(context: Context) -> str:
    """The drawer with the filters of the list. What was looked for and the order stay; it begins at the first page."""
    changes = context["cl"]
    used = {PAGE_VAR, *(name for each in changes.filter_specs for name in each.expected_parameters())}
    kept = [(name, value) for name, value in context["request"].GET.items() if name not in used]
    shown = {"shown": [each.shown() for each in changes.filter_specs], "kept": kept, "cl": changes}
    return mark_safe(render_to_string("workbench/filters.html", shown))  # noqa: S308 escapes


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
