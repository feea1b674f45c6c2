"""Cadres' pages: the list of activities, one activity's desk, and what is decided about it."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from huigong.core.answers import lead_on, one_of
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.services.activities import operations, permissions, queries
from huigong.services.activities.forms.deciding import CopyForm, ReasonForm
from huigong.services.activities.models import Activity


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Activities that the cadre looks after, by stage, with search."""
    if not permissions.manages(request.user):
        raise PermissionDenied
    stage = one_of(request.GET.get("stage"), list(queries.STAGES))
    text = request.GET.get("q", "")[:40].strip()
    below = request.GET.get("below") == "1"
    before = row_key(request.GET.get("before"))
    kept = {"stage": stage, "q": text, "below": "1" if below else ""}
    context = {
        "found": queries.managed_page(request.user, stage=stage, text=text, below=below, before=before),
        "stages": [
            {"key": key, "label": label, "href": _query(kept | {"stage": key})}
            for key, (label, _) in queries.STAGES.items()
        ],
        "levels": [
            {"key": "", "label": "本级", "href": _query(kept | {"below": ""})},
            {"key": "1", "label": "含下级工会", "href": _query(kept | {"below": "1"})},
        ],
        "kept": kept,
        "may_create": permissions.organisers(request.user).exists(),
        "more": _query(kept),
    }
    return render_page(
        request, "activities/manage/index.html", context, block="rows" if before else "results"
    )


def _query(values: dict[str, str]) -> str:
    return "?" + urlencode({name: value for name, value in values.items() if value})


@require_GET
def desk(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Everything about one activity, and what can be done with it now."""
    activity = permissions.get_managed(request.user, activity_id, permissions.VIEW)
    context = {"desk": queries.desk_of(activity, request.user), "copy_form": CopyForm()}
    return render_page(request, "activities/manage/desk.html", context)


@require_POST
def submit(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Ask the union above."""
    activity = permissions.get_managed(request.user, activity_id, permissions.PUBLISH)
    return _done(request, operations.submit(activity, actor=request.user), "已提交上级审批")


@require_POST
def withdraw(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Take it back before the union above decided."""
    activity = permissions.get_managed(request.user, activity_id, permissions.PUBLISH)
    return _done(request, operations.withdraw_submission(activity, actor=request.user), "已撤回")


@require_POST
def approve(request: HttpRequest, activity_id: int) -> HttpResponse:
    """The union above lets it pass."""
    activity = permissions.get_managed(request.user, activity_id, permissions.APPROVE)
    remark = _reason(request, required=False)
    return _done(request, operations.approve(activity, actor=request.user, remark=remark), "已批准并发布")


@require_POST
def return_(request: HttpRequest, activity_id: int) -> HttpResponse:
    """The union above sends it back."""
    activity = permissions.get_managed(request.user, activity_id, permissions.APPROVE)
    reason = _reason(request)
    return _done(request, operations.return_activity(activity, actor=request.user, reason=reason), "已退回")


@require_POST
def publish(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Show it to its audience."""
    activity = permissions.get_managed(request.user, activity_id, permissions.PUBLISH)
    return _done(request, operations.publish(activity, actor=request.user), "已发布")


@require_POST
def close(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Take no more signups."""
    activity = permissions.get_managed(request.user, activity_id, permissions.PUBLISH)
    return _done(request, operations.close(activity, actor=request.user), "活动已结束")


@require_POST
def cancel(request: HttpRequest, activity_id: int) -> HttpResponse:
    """Call it off."""
    activity = permissions.get_managed(request.user, activity_id, permissions.PUBLISH)
    reason = _reason(request)
    said = "已取消，并通知了报名的会员"
    return _done(request, operations.cancel_activity(activity, actor=request.user, reason=reason), said)


@require_POST
def copy(request: HttpRequest, activity_id: int) -> HttpResponse:
    """A new draft like this one."""
    activity = permissions.get_managed(request.user, activity_id, permissions.COPY)
    form = CopyForm(request.POST)
    if not form.is_valid():
        raise Refused("请选择这次的开始时间。", "no-time", status=422)
    made = operations.copy(activity, actor=request.user, starts_at=form.cleaned_data["starts_at"])
    return lead_on(request, reverse("activities:edit", args=[made.pk]), "已复制为草稿，请检查时间和名额")


def _reason(request: HttpRequest, *, required: bool = True) -> str:
    form = ReasonForm(request.POST, required=required)
    if not form.is_valid():
        raise Refused("请写明原因，至少两个字。", "no-reason", status=422)
    return form.cleaned_data["reason"]


def _done(request: HttpRequest, activity: Activity, said: str) -> HttpResponse:
    return lead_on(request, reverse("activities:manage", args=[activity.pk]), said)


ACTS: dict[str, Callable[..., HttpResponse]] = {
    "submit": submit,
    "withdraw": withdraw,
    "approve": approve,
    "return": return_,
    "publish": publish,
    "close": close,
    "cancel": cancel,
    "copy": copy,
}
"""The addresses below an activity's desk that change its state, by verb."""
