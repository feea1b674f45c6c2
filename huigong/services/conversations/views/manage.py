"""Cadres' pages: what awaits an answer, one thread, letters to other unions, words kept ready."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core.answers import lead_on, one_of
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.services.conversations import operations, permissions, queries
from huigong.services.conversations.forms import CannedForm, ForwardForm, UnionLetterForm
from huigong.services.conversations.models import Thread
from huigong.services.conversations.views.member import after_of, letter_of, page_number, slow_down


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What the cadre's unions owe, the most urgent first; other states by a tap."""
    if not permissions.handles(request.user):
        raise PermissionDenied
    show = one_of(request.GET.get("show"), list(queries.SHOWS))
    text = request.GET.get("q", "")[:40].strip()
    page = page_number(request)
    found = queries.desk_page(request.user, show=show, text=text, page=page)
    context = {
        "found": found,
        "shows": [
            {"key": key, "label": label, "href": _query(show=key, q=text)}
            for key, label in queries.SHOWS.items()
        ],
        "show": show,
        "text": text,
        "to_review": queries.adoptions_to_review(request.user).count(),
        "more": _query(show=show, q=text, page=str(found.next)) if found.next else "",
    }
    return render_page(
        request, "conversations/manage/index.html", context, block="rows" if page > 1 else "results"
    )


def _query(**values: str) -> str:
    return "?" + urlencode({name: value for name, value in values.items() if value})


@require_GET
def desk(request: HttpRequest, thread_id: int) -> HttpResponse:
    """One thread with everything a cadre may do."""
    thread = permissions.get_handled(request.user, thread_id)
    context = {"face": queries.desk_of(thread, request.user)}
    return render_page(request, "conversations/manage/desk.html", context)


@require_GET
def newer(request: HttpRequest, thread_id: int) -> HttpResponse:
    """What was said after the last message that the page has, and how the matter stands."""
    return _newer(request, permissions.get_handled(request.user, thread_id))


def _newer(request: HttpRequest, thread: Thread) -> HttpResponse:
    face = queries.desk_of(thread, request.user, after=after_of(request))
    return render_page(request, "conversations/manage/newer.html", {"face": face})


@require_POST
def send(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Say something: as the answer, in between, or to colleagues only. In a thread of one's own union: say more."""
    thread = permissions.get_handled(request.user, thread_id)
    union = permissions.seat(request.user, thread)
    letter = letter_of(request)
    which = one_of(request.POST.get("as"), ["answer", "note"])
    if thread.person_id is None and union.pk == thread.home_id:
        operations.write(thread, letter=letter, actor=request.user, union=union)
    elif which == "note":
        operations.note(thread, union=union, letter=letter, actor=request.user)
    else:
        operations.reply(thread, union=union, letter=letter, actor=request.user, is_answer=which == "answer")
    if request.htmx:  # type: ignore[attr-defined]
        return _newer(request, permissions.get_handled(request.user, thread_id))
    return _back(request, thread)


@require_POST
def read(request: HttpRequest, thread_id: int) -> HttpResponse:
    """A cadre has it before their eyes."""
    thread = permissions.get_handled(request.user, thread_id)
    union = permissions.seat(request.user, thread)
    is_author = thread.person_id is None and union.pk == thread.home_id
    mark = operations.mark_read_by_author if is_author else operations.mark_read_by_union
    mark(thread, actor=request.user)
    return HttpResponse(status=204)


@require_POST
def assign(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Give it to a colleague, or take it on."""
    thread = permissions.get_handled(request.user, thread_id)
    permissions.get_office(request.user, thread.union_id)
    to = row_key(request.POST.get("to"))
    if to is None:
        raise Refused("请选一位经办人。", "nobody", status=422)
    operations.assign(thread, to=to, actor=request.user)
    return _back(request, thread, "已指派")


@require_POST
def forward(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Ask the worker whether another union may take it over."""
    thread = permissions.get_handled(request.user, thread_id)
    union = permissions.get_office(request.user, thread.union_id)
    form = ForwardForm(request.POST)
    if not form.is_valid():
        raise Refused("请选转给哪个工会，并写明原因（2 到 200 字）。", "bad-forward", status=422)
    operations.ask_to_forward(thread, union=union, **form.cleaned_data, actor=request.user)
    return _back(request, thread, "已询问本人，同意后转出")


@require_POST
def close(request: HttpRequest, thread_id: int) -> HttpResponse:
    """It is settled."""
    thread = permissions.get_handled(request.user, thread_id)
    operations.close(thread, actor=request.user, union=permissions.seat(request.user, thread))
    return _back(request, thread, "已办结")


@require_POST
def reopen(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Take it up again."""
    thread = permissions.get_handled(request.user, thread_id)
    operations.reopen(thread, actor=request.user, union=permissions.seat(request.user, thread))
    return _back(request, thread, "已重新打开")


@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest) -> HttpResponse:
    """Write to the union above, or to one right below, in the name of one's own."""
    homes = list(permissions.offices(request.user).select_related("parent").order_by("path")[:50])
    if not homes:
        raise Http404
    wanted = row_key(request.POST.get("home") or request.GET.get("home"))
    home = next((union for union in homes if union.pk == wanted), homes[0])
    choices = {
        "homes": [(union.pk, union.name) for union in homes],
        "places": queries.places_to_write(home),
    }
    if request.method == "GET":
        return _letter_page(request, UnionLetterForm(initial={"home": home.pk}, **choices))
    form = UnionLetterForm(request.POST, request.FILES, **choices)
    if not form.is_valid():
        return _letter_page(request, form, status=422)
    slow_down(request)
    data = form.cleaned_data
    try:
        thread = operations.write_to_union(
            home, to=data["to"], title=data["title"], letter=form.letter, actor=request.user
        )
    except Refused as refused:
        form.add_error("uploads", refused.sentence)
        return _letter_page(request, form, status=422)
    return _back(request, thread, "已送达")


def _letter_page(request: HttpRequest, form: UnionLetterForm, status: int = 200) -> HttpResponse:
    return render_page(
        request, "conversations/manage/letter.html", {"form": form}, block="form", status=status
    )


@require_http_methods(["GET", "POST"])
def canned(request: HttpRequest, union_id: int) -> HttpResponse:
    """The words that a union keeps ready."""
    union = permissions.get_office(request.user, union_id)
    form = CannedForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        operations.save_canned(union, **form.cleaned_data, actor=request.user)
        return lead_on(request, reverse("conversations:canned", args=[union.pk]), "已保存")
    context = {"form": form, "union": union, "rows": list(queries.canned_of(union))}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "conversations/manage/canned.html", context, status=status)


@require_POST
def remove_canned(request: HttpRequest, canned_id: int) -> HttpResponse:
    """Forget some."""
    found = permissions.get_canned(request.user, canned_id)
    operations.remove_canned(found, actor=request.user)
    return lead_on(request, reverse("conversations:canned", args=[found.union_id]), "已删除")


def _back(request: HttpRequest, thread: Thread, said: str = "") -> HttpResponse:
    return lead_on(request, reverse("conversations:desk", args=[thread.pk]), said)
