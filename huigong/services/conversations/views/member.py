"""Workers' pages: their threads, a new one, one of them as a talk."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core import files, limits
from huigong.core.answers import lead_on, one_of
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.people.membership import queries as membership
from huigong.services.conversations import operations, permissions, queries
from huigong.services.conversations.forms import KINDS, MessageForm, RatingForm, StartForm
from huigong.services.conversations.models import Thread
from huigong.services.conversations.operations import Letter

MOST_AN_HOUR = 60


def page_number(request: HttpRequest) -> int:
    """Which page of a list is asked for; the first for anything odd."""
    return min(max(row_key(request.GET.get("page")) or 1, 1), 1000)


def letter_of(request: HttpRequest) -> Letter:
    """What the composer sent. Refuses what no composer sends, and (429) more than anybody writes in an hour."""
    form = MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        raise Refused("没有发出去：内容太长，或文件有问题。请改短一点再发。", "bad-letter", status=422)
    slow_down(request)
    return form.letter


def slow_down(request: HttpRequest) -> None:
    """Count one more message of the reader's; 429 past the most of an hour."""
    sentence = "您写得太快了，请过一会儿再发。"
    limits.require(
        "conversation", str(request.user.pk), at_most=MOST_AN_HOUR, per=timedelta(hours=1), sentence=sentence
    )


def after_of(request: HttpRequest) -> int:
    """The last message that the page has."""
    return row_key(request.POST.get("after") or request.GET.get("after")) or 0


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What the reader wrote, latest first."""
    page = page_number(request)
    found = queries.own_page(request.user, page=page)
    context = {
        "found": found,
        "more": f"?page={found.next}" if found.next else "",
        "is_member": membership.member_of(request.user) is not None,
    }
    return render_page(request, "conversations/index.html", context, block="rows" if page > 1 else None)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write to one's own union."""
    member = permissions.get_member(request.user)
    if request.method == "GET":
        kind = one_of(request.GET.get("kind"), [key for key, _ in KINDS]) or Thread.Kind.HELP
        return _new_page(request, StartForm(initial={"kind": kind}), member.union_name)
    form = StartForm(request.POST, request.FILES)
    if not form.is_valid():
        return _new_page(request, form, member.union_name, status=422)
    slow_down(request)
    union = membership.union_of(member)
    data = form.cleaned_data
    try:
        thread = operations.start(
            member,
            kind=data["kind"],
            title=data["title"],
            letter=form.letter,
            union=union,
            actor=request.user,
        )
    except Refused as refused:
        form.add_error("uploads", refused.sentence)
        return _new_page(request, form, member.union_name, status=422)
    return lead_on(request, reverse("conversations:detail", args=[thread.pk]), "已送达，答复会发到消息里")


def _new_page(request: HttpRequest, form: StartForm, union: str, status: int = 200) -> HttpResponse:
    context = {"form": form, "union": union, "days": queries.answer_within()}
    return render_page(request, "conversations/new.html", context, block="form", status=status)


@require_GET
def detail(request: HttpRequest, thread_id: int) -> HttpResponse:
    """The talk. The page itself asks to be marked read, so that a look-ahead by a browser marks nothing."""
    thread = permissions.get_own(request.user, thread_id)
    context = {"face": queries.face(thread), "rating": RatingForm()}
    return render_page(request, "conversations/detail.html", context)


@require_GET
def newer(request: HttpRequest, thread_id: int) -> HttpResponse:
    """What was said after the last message that the page has, and how the matter stands."""
    return _newer(request, permissions.get_own(request.user, thread_id))


def _newer(request: HttpRequest, thread: Thread) -> HttpResponse:
    face = queries.face(thread, after=after_of(request))
    return render_page(request, "conversations/newer.html", {"face": face})


@require_POST
def send(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Say more."""
    thread = permissions.get_own(request.user, thread_id)
    operations.write(thread, letter=letter_of(request), actor=request.user)
    if request.htmx:  # type: ignore[attr-defined]
        return _newer(request, permissions.get_own(request.user, thread_id))
    return _back(request, thread)


@require_POST
def read(request: HttpRequest, thread_id: int) -> HttpResponse:
    """The author has it before their eyes."""
    operations.mark_read_by_author(permissions.get_own(request.user, thread_id), actor=request.user)
    return HttpResponse(status=204)


@require_POST
def answer_forwarding(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Whether another union may take it over."""
    thread = permissions.get_own(request.user, thread_id)
    agrees = request.POST.get("agrees") == "yes"
    operations.answer_forwarding(thread, agrees=agrees, actor=request.user)
    return _back(request, thread, "已同意转办" if agrees else "已告诉工会，继续由原工会办理")


@require_POST
def close(request: HttpRequest, thread_id: int) -> HttpResponse:
    """It is settled."""
    thread = permissions.get_own(request.user, thread_id)
    operations.close(thread, actor=request.user)
    return _back(request, thread, "已办结")


@require_POST
def reopen(request: HttpRequest, thread_id: int) -> HttpResponse:
    """It is not settled after all."""
    thread = permissions.get_own(request.user, thread_id)
    operations.reopen(thread, actor=request.user)
    return _back(request, thread, "已重新打开，工会会继续办理")


@require_POST
def rate(request: HttpRequest, thread_id: int) -> HttpResponse:
    """How well it was answered."""
    thread = permissions.get_own(request.user, thread_id)
    form = RatingForm(request.POST)
    if not form.is_valid():
        raise Refused("请选一个评分，说两句不超过 200 字。", "bad-rating", status=422)
    operations.rate(thread, **form.cleaned_data, actor=request.user)
    return _back(request, thread, "谢谢您的评价")


@require_GET
def enclosure(request: HttpRequest, enclosure_id: int) -> HttpResponse:
    """A picture, or a document as a download."""
    return files.serve(permissions.get_enclosure(request.user, enclosure_id).file)


def _back(request: HttpRequest, thread: Thread, said: str = "") -> HttpResponse:
    return lead_on(request, reverse("conversations:detail", args=[thread.pk]), said)
