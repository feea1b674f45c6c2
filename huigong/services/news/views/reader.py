"""Readers' pages: the list, one article, following a channel. What means all members is open to everybody."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from huigong.core import files, qr
from huigong.core.answers import lead_on, one_of
from huigong.core.jinja import render_page
from huigong.people.membership import queries as membership
from huigong.services.news import operations, permissions, queries

ORDERS = [("", "为您排序"), ("time", "按时间")]


@login_not_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Articles of one channel or of all. Members see them in their own order, or by time; others by time."""
    channels = queries.channels()
    key = one_of(request.GET.get("channel"), [channel.key for channel in channels])
    channel = next((each for each in channels if each.key == key), None)
    member = membership.member_of(request.user)
    order = one_of(request.GET.get("order"), ["time"]) if member else "time"
    cursor = request.GET.get("after", "")
    found = queries.page(member, request.user, channel=channel, by_time=bool(order), cursor=cursor)
    context = {
        "found": found,
        "channel": channel,
        "key": key,
        "order": order,
        "is_member": member is not None,
        "follows": channel is not None and queries.follows(channel, member),
        "tabs": [
            {"key": each, "label": label, "href": _query(channel=each, order=order if member else "")}
            for each, label in [("", "全部"), *((each.key, each.name) for each in channels)]
        ],
        "orders": [
            {"key": value, "label": label, "href": _query(channel=key, order=value)}
            for value, label in ORDERS
        ],
        "more": _query(channel=key, order=order, after=found.next) if found.next else "",
    }
    return render_page(request, "news/index.html", context, block="rows" if cursor else "results")


def _query(**values: str) -> str:
    return "?" + urlencode({name: value for name, value in values.items() if value})


@login_not_required
@require_GET
def detail(request: HttpRequest, article_id: int) -> HttpResponse:
    """One article, as it is read, made larger, read aloud and shared."""
    article = permissions.get_article(request.user, article_id)
    address = request.build_absolute_uri(request.path)
    context = {
        "face": queries.face(article),
        "more_like": queries.more_like(article, request.user),
        "address": address,
        "code": qr.svg(address),
        "works_on": permissions.may(request.user, permissions.VIEW, article),
    }
    return render_page(request, "news/detail.html", context)


@require_POST
def follow(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Follow a channel, or stop (`on` empty)."""
    channel = permissions.get_open_channel(channel_id)
    member = membership.member_of(request.user)
    if member is None:
        raise Http404
    if request.POST.get("on"):
        operations.follow(channel, member=member)
        said = f"已关注{channel.name}，有新文章会告诉您"
    else:
        operations.unfollow(channel, member=member)
        said = f"已取消关注{channel.name}"
    return lead_on(request, reverse("news:index") + _query(channel=channel.key), said)


@login_not_required
@require_GET
def attachment(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """A document as a download; a film or a piece of sound as the player asks for it, part by part."""
    stored = permissions.get_attachment(request.user, attachment_id).file
    return (
        files.play(stored, request.headers.get("Range", ""))
        if files.is_media(stored)
        else files.serve(stored)
    )
