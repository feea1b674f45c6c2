"""What is on public notice, and doubts about it."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from huigong.core.answers import lead_on
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.services.policies import operations, permissions, queries
from huigong.services.policies.forms import ObjectionForm


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Everything on notice to the reader now."""
    before = row_key(request.GET.get("before"))
    found = queries.notice_page(request.user, before=before)
    context = {"found": found, "more": f"?before={found.next}" if found.next else ""}
    return render_page(request, "policies/apply/notices.html", context, block="rows" if before else None)


@require_http_methods(["GET", "POST"])
def detail(request: HttpRequest, applied_id: int) -> HttpResponse:
    """One of them; a member may say why it should not be."""
    application, member = permissions.get_noticed(request.user, applied_id)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.object_to(application, form.cleaned_data["text"], member=member, actor=request.user)
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            said = "异议已提交，工会会核查后答复您"
            return lead_on(request, reverse("policies:notice", args=[application.pk]), said)
    context = {"notice": queries.notice(application, request.user), "form": form}
    status = 422 if form.is_bound and form.errors else 200
    return render_page(request, "policies/apply/notice.html", context, status=status)
