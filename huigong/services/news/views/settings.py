"""What the platform's office sets: channels, and how articles of each level are reviewed."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core.answers import lead_on
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.services.news import operations, permissions, queries
from huigong.services.news.forms import ChannelForm, PlanForm
from huigong.services.news.models import Channel


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All channels, and the plan of each level."""
    permissions.require_configure(request.user)
    plans = [
        {"level": level, "name": name, "form": _plan_form(level, steps), "words": queries.plan_zh(steps)}
        for level, name, steps in queries.levels()
    ]
    context = {"channels": queries.all_channels(), "plans": plans}
    return render_page(request, "news/manage/settings.html", context)


def _plan_form(level: int, steps: list[str]) -> PlanForm:
    return PlanForm(steps=steps, prefix=f"l{level}")


@require_POST
def plan(request: HttpRequest, level: int) -> HttpResponse:
    """How articles of unions of this level are reviewed from now on."""
    permissions.require_configure(request.user)
    if level not in [each for each, _, _ in queries.levels()]:
        raise Http404
    form = PlanForm(request.POST, steps=[], prefix=f"l{level}")
    if not form.is_valid():
        raise Refused("请从列表里选择由哪一级审核。", "bad-plan", status=422)
    operations.set_plan(level, steps=form.steps, actor=request.user)
    return lead_on(request, reverse("news:settings"), "审核安排已保存，之后送审的文章照此办理")


@require_http_methods(["GET", "POST"])
def new_channel(request: HttpRequest) -> HttpResponse:
    """One more channel."""
    permissions.require_configure(request.user)
    return _channel(request, None)


@require_http_methods(["GET", "POST"])
def edit_channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Change a channel, or close it."""
    return _channel(request, permissions.get_channel(request.user, channel_id))


def _channel(request: HttpRequest, channel: Channel | None) -> HttpResponse:
    form = ChannelForm(request.POST if request.method == "POST" else None, instance=channel)
    if request.method == "POST" and form.is_valid():
        operations.save_channel(channel, actor=request.user, **form.cleaned_data)
        return lead_on(request, reverse("news:settings"), "栏目已保存")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "channel": channel}
    return render_page(request, "news/manage/channel.html", context, status=status)
