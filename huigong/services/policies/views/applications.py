"""One's own applications after they were handed in, and taking them back."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from huigong.core import files
from huigong.core.answers import lead_on
from huigong.core.jinja import render_page
from huigong.services.policies import operations, permissions, queries
from huigong.services.policies.models import Application


@require_GET
def detail(request: HttpRequest, applied_id: int) -> HttpResponse:
    """How it stands, what was filled in, and what can be done."""
    application = permissions.get_own(request.user, applied_id)
    operations.mark_seen(application, actor=request.user)
    return render_page(
        request, "policies/apply/application.html", {"progress": queries.progress(application)}
    )


@require_GET
def sent(request: HttpRequest, applied_id: int) -> HttpResponse:
    """It has arrived; what comes now."""
    application = permissions.get_own(request.user, applied_id)
    return render_page(request, "policies/apply/sent.html", {"progress": queries.progress(application)})


@require_POST
def withdraw(request: HttpRequest, applied_id: int) -> HttpResponse:
    """Take it back."""
    application = permissions.get_own(request.user, applied_id)
    operations.withdraw_application(application, actor=request.user)
    return _done(request, application, "已撤回")


@require_POST
def discard(request: HttpRequest, applied_id: int) -> HttpResponse:
    """Throw a draft away."""
    application = permissions.get_own(request.user, applied_id)
    operations.discard_draft(application, actor=request.user)
    return lead_on(request, reverse("policies:apply-index"), "草稿已删除")


@require_POST
def withdraw_consent(request: HttpRequest, applied_id: int) -> HttpResponse:
    """No longer allow what is private in it to be kept."""
    application = permissions.get_own(request.user, applied_id)
    operations.withdraw_consent(application, actor=request.user)
    return _done(request, application, "已撤回同意，敏感内容已删除")


def _done(request: HttpRequest, application: Application, said: str) -> HttpResponse:
    return lead_on(request, reverse("policies:application", args=[application.pk]), said)


@require_GET
def signature(request: HttpRequest, applied_id: int) -> HttpResponse:
    """One's own signature, drawn by hand."""
    drawn = permissions.get_own_signature(request.user, applied_id)
    return files.hand_out(files.unsealed(drawn), content_type="image/png", name=drawn.name)


@require_GET
def print_(request: HttpRequest, applied_id: int) -> HttpResponse:
    """One's own application on paper."""
    application = permissions.get_own(request.user, applied_id)
    content = operations.print_own(application, actor=request.user)
    return files.hand_out(content, content_type="application/pdf", name="申请表.pdf")
