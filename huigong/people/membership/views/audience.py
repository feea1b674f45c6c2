"""The small answers that help saying whom something is for."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.people.membership import permissions, queries
from huigong.people.membership.forms import AudienceForm
from huigong.people.orgs import queries as orgs


@require_GET
def audience_unions(request: HttpRequest, union_id: int) -> HttpResponse:
    """Unions below one, to narrow an audience to: those ticked, then those that match the search."""
    union = permissions.get_union_to_address(request.user, union_id)
    chosen = [key for key in map(row_key, request.GET.getlist("a-union_ids")) if key]
    text = request.GET.get("find", "")[:40].strip()
    context = {"choices": queries.union_choices(union, chosen=chosen, text=text)}
    return render_page(request, "membership/audience_unions.html", context)


@require_GET
def audience_count(request: HttpRequest, union_id: int) -> HttpResponse:
    """How many members an audience as filled in means."""
    union = permissions.get_union_to_address(request.user, union_id)
    form = AudienceForm(request.GET, prefix="a", within=orgs.below(union))
    context = {"people": None, "sentence": ""}
    if form.is_valid():
        audience = queries.audience(form.rule(union, queries.Rule()))
        context = {"people": audience.count(), "sentence": audience.sentence()}
    return render_page(request, "membership/audience_count.html", context)
