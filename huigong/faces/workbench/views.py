"""Pages of the workbench that are no list of one model."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from huigong.faces.workbench import queries
from huigong.people.orgs import queries as orgs


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page shows besides: the offices of who is looking."""
    return {"my_office": "、".join(orgs.offices(request.user)) if request.user.is_authenticated else ""}


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar."""
    return queries.navigation(request)


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the home page shows."""
    return {**context, "title": "工作台首页", "board": queries.dashboard(request.user)}


@require_GET
def todo(request: HttpRequest) -> HttpResponse:
    """Everything that waits for me, the most urgent first."""
    kinds = queries.todo_counts(request.user)
    chosen = request.GET.get("kind", "")
    chosen = chosen if chosen in {kind.key for kind in kinds} else ""
    context = {
        **admin.site.each_context(request),
        "title": "待我办理",
        "kinds": kinds,
        "chosen": chosen,
        "total": sum(kind.count for kind in kinds),
        "todos": queries.todo(request.user, kind=chosen, limit=50),
    }
    return TemplateResponse(request, "workbench/todo.html", context)
