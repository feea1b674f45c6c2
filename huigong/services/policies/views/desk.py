"""Cadres' pages of documents: the list, writing, and what can be done with one."""

from collections.abc import Callable
from typing import IO

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core.answers import lead_on
from huigong.core.choosing import chosen_row
from huigong.core.desks import asked
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.services.policies import operations, permissions, queries
from huigong.services.policies.forms import PaperFormForm, PolicyForm, ReasonForm
from huigong.services.policies.models import Policy


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Documents that the cadre looks after, by state, with search."""
    if not permissions.manages(request.user):
        raise PermissionDenied
    sought = asked(request, queries.STAGES)
    found = queries.managed_page(request.user, **sought.wanted)
    return sought.answer(
        "policies/manage/index.html", found, may_create=permissions.publishers(request.user).exists()
    )


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A draft in the name of a union that the cadre puts documents up for."""
    union, unions = chosen_row(request, permissions.publishers(request.user), permissions.get_publisher)
    form = _bound(request, None)
    context = {"form": form, "union": union, "unions": unions, "policy": None}
    if not form.is_valid():
        return _form_page(request, form, context)
    policy = operations.create_policy(union, actor=request.user, **form.document)
    return _kept(request, policy, form)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Change a draft, or correct a published document."""
    policy = permissions.get_managed(request.user, policy_id, permissions.EDIT)
    form = _bound(request, policy)
    context = {"form": form, "union": policy.union, "unions": [], "policy": policy}
    if not form.is_valid():
        return _form_page(request, form, context)
    operations.update_policy(policy, actor=request.user, **form.document)
    return _kept(request, policy, form)


def _bound(request: HttpRequest, policy: Policy | None) -> PolicyForm:
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    return PolicyForm(*sent, replaceable=queries.replaceable(request.user, policy), policy=policy)


def _form_page(request: HttpRequest, form: PolicyForm, context: dict) -> HttpResponse:
    policy = context["policy"]
    context["back"] = (
        reverse("policies:manage", args=[policy.pk]) if policy else reverse("policies:manage-index")
    )
    status = 422 if form.is_bound else 200
    return render_page(request, "policies/manage/edit.html", context, block="form", status=status)


def _kept(request: HttpRequest, policy: Policy, form: PolicyForm) -> HttpResponse:
    """The words are safe by now; a file that cannot be kept is told on the document's page, and tried again there."""
    said = "已保存"
    upload = form.cleaned_data["upload"]
    if upload:
        try:
            operations.attach_file(policy, upload, name=upload.name, actor=request.user)
        except Refused as refused:
            said = f"已保存，但原文件没有加上。{refused.sentence}"
    return lead_on(request, reverse("policies:manage", args=[policy.pk]), said)


@require_GET
def desk(request: HttpRequest, policy_id: int) -> HttpResponse:
    """One document for who looks after it: how it stands, what goes with it, what can be done."""
    policy = permissions.get_managed(request.user, policy_id, permissions.VIEW)
    context = {"desk": queries.desk_of(policy, request.user), "form": PaperFormForm()}
    return render_page(request, "policies/manage/desk.html", context)


@require_POST
def publish(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Show it to everybody."""
    policy = permissions.get_managed(request.user, policy_id, permissions.PUBLISH)
    operations.publish(policy, actor=request.user)
    return _done(request, policy, "已发布")


@require_POST
def withdraw(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Take it down."""
    policy = permissions.get_managed(request.user, policy_id, permissions.PUBLISH)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused("请写明撤下的原因，至少两个字，不超过 120 字。", "no-reason", status=422)
    operations.withdraw(policy, actor=request.user, reason=form.cleaned_data["reason"])
    return _done(request, policy, "已撤下，大家看不到这个文件了")


@require_POST
def restore(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Put it up again."""
    policy = permissions.get_managed(request.user, policy_id, permissions.PUBLISH)
    operations.restore(policy, actor=request.user)
    return _done(request, policy, "已重新上架")


@require_POST
def discard(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Throw a draft away."""
    policy = permissions.get_managed(request.user, policy_id, permissions.EDIT)
    operations.discard(policy, actor=request.user)
    return lead_on(request, reverse("policies:manage-index"), "草稿已删除")


@require_POST
def add_form(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Hand out a paper form, or a new version of one."""
    policy = permissions.get_managed(request.user, policy_id, permissions.EDIT)
    form = PaperFormForm(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        upload: IO[bytes] = data["upload"]
        try:
            operations.add_form(
                policy,
                upload,
                name=data["name"],
                version=data["version"],
                file_name=data["upload"].name,
                actor=request.user,
            )
        except Refused as refused:
            form.add_error(None, refused.sentence)
        else:
            return _done(request, policy, "表格已添加")
    context = {"desk": queries.desk_of(policy, request.user), "form": form}
    return render_page(request, "policies/manage/desk.html", context, status=422)


@require_POST
def remove_form(request: HttpRequest, form_id: int) -> HttpResponse:
    """Take a version of a paper form away."""
    paper = permissions.get_form(request.user, form_id)
    policy = permissions.get_managed(request.user, paper.policy_id, permissions.EDIT)
    operations.remove_form(paper, actor=request.user)
    return _done(request, policy, "表格已删除")


def _done(request: HttpRequest, policy: Policy, said: str) -> HttpResponse:
    return lead_on(request, reverse("policies:manage", args=[policy.pk]), said)


ACTS: dict[str, Callable[..., HttpResponse]] = {
    "publish": publish,
    "withdraw": withdraw,
    "restore": restore,
    "discard": discard,
    "add-form": add_form,
}
"""The addresses below a document's desk that do something, by verb."""
