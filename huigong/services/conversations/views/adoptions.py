"""Suggestions that were adopted: what members read, and the desk where the words are written and reviewed."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core.answers import lead_on, one_of
from huigong.core.errors import Refused
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.people.membership import queries as membership
from huigong.services.conversations import operations, permissions, queries
from huigong.services.conversations.forms import DecisionForm, WordingForm
from huigong.services.conversations.models import Adoption
from huigong.services.conversations.views.member import page_number


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What the reader's unions adopted, the latest first."""
    page = page_number(request)
    found = queries.shown_page(request.user, page=page)
    context = {
        "found": found,
        "more": f"?page={found.next}" if found.next else "",
        "is_member": membership.member_of(request.user) is not None,
    }
    block = "rows" if page > 1 else None
    return render_page(request, "conversations/suggestions.html", context, block=block)


@require_GET
def detail(request: HttpRequest, adoption_id: int) -> HttpResponse:
    """One of them, with the union's reply."""
    adoption = permissions.get_shown(request.user, adoption_id)
    context = {"face": queries.shown_adoption(adoption, request.user)}
    return render_page(request, "conversations/suggestion.html", context)


@require_POST
def support(request: HttpRequest, adoption_id: int) -> HttpResponse:
    """That is mine as well."""
    adoption = permissions.get_shown(request.user, adoption_id)
    member = permissions.get_member(request.user)
    operations.support(adoption, member=member, actor=request.user)
    return lead_on(request, reverse("conversations:suggestion", args=[adoption.pk]), "已记下")


@require_POST
def put_name(request: HttpRequest, thread_id: int) -> HttpResponse:
    """The author says whether their name may stand there."""
    adoption = permissions.get_own_adoption(request.user, thread_id)
    shown = request.POST.get("shown") == "yes"
    operations.put_name(adoption, shown=shown, actor=request.user)
    said = "公示时写您的名字" if shown else "公示时不写您的名字"
    return lead_on(request, reverse("conversations:detail", args=[thread_id]), said)


@require_POST
def decide(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Adopt a suggestion, or say why not."""
    thread = permissions.get_handled(request.user, thread_id)
    union = permissions.get_office(request.user, thread.union_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        raise Refused("请写明理由，2 到 200 字。", "bad-decision", status=422)
    adoption = operations.decide_suggestion(thread, union=union, **form.cleaned_data, actor=request.user)
    if form.cleaned_data["adopts"]:
        return _back(request, adoption, "已采纳，写好公示内容后请另一位干部核对")
    return lead_on(request, reverse("conversations:desk", args=[thread.pk]), "已告诉本人")


@require_GET
def manage_index(request: HttpRequest) -> HttpResponse:
    """What was decided in the cadre's offices, and words of unions below to review."""
    if not permissions.handles(request.user):
        raise PermissionDenied
    show = one_of(request.GET.get("show"), list(queries.DRAFTS))
    page = page_number(request)
    found = queries.adoptions_page(request.user, show=show, page=page)
    context = {
        "found": found,
        "show": show,
        "shows": [
            {"key": key, "label": label, "href": f"?show={key}"} for key, label in queries.DRAFTS.items()
        ],
        "more": "?" + urlencode({"show": show, "page": found.next}) if found.next else "",
    }
    block = "rows" if page > 1 else "results"
    return render_page(request, "conversations/manage/adoptions.html", context, block=block)


@require_http_methods(["GET", "POST"])
def desk(request: HttpRequest, adoption_id: int) -> HttpResponse:
    """One of them: its words, who has seen them, and what can be done."""
    adoption = permissions.get_adoption(request.user, adoption_id)
    if request.method == "GET":
        words = {name: getattr(adoption, name) for name in WordingForm.base_fields}
        return _page(request, adoption, WordingForm(initial=words))
    permissions.require_office(request.user, adoption)
    form = WordingForm(request.POST)
    if not form.is_valid():
        return _page(request, adoption, form, status=422)
    operations.submit_wording(adoption, **form.cleaned_data, actor=request.user)
    return _back(request, adoption, "已送核对，由另一位干部公示")


def _page(request: HttpRequest, adoption: Adoption, form: WordingForm, status: int = 200) -> HttpResponse:
    context = {"desk": queries.adoption_desk(adoption, request.user), "form": form}
    return render_page(request, "conversations/manage/adoption.html", context, status=status)


@require_POST
def publish(request: HttpRequest, adoption_id: int) -> HttpResponse:
    """Show it to the members."""
    adoption = permissions.get_adoption(request.user, adoption_id)
    operations.publish_adoption(adoption, version=_version(request), actor=request.user)
    return _back(request, adoption, "已公示")


@require_POST
def return_wording(request: HttpRequest, adoption_id: int) -> HttpResponse:
    """Send the words back."""
    adoption = permissions.get_adoption(request.user, adoption_id)
    reason = _reason(request)
    operations.return_wording(adoption, version=_version(request), reason=reason, actor=request.user)
    return lead_on(request, reverse("conversations:adoptions"), "已退回")


@require_POST
def withdraw(request: HttpRequest, adoption_id: int) -> HttpResponse:
    """Take it down."""
    adoption = permissions.get_adoption(request.user, adoption_id)
    operations.withdraw_adoption(adoption, reason=_reason(request), actor=request.user)
    return _back(request, adoption, "已撤下，职工看不到了")


def _version(request: HttpRequest) -> int:
    """The draft that the page showed; what no page sends fits none."""
    return row_key(request.POST.get("version")) or 0


def _reason(request: HttpRequest) -> str:
    reason = request.POST.get("reason", "").strip()
    if not 2 <= len(reason) <= 120:
        raise Refused("请写明原因，2 到 120 字。", "bad-reason", status=422)
    return reason


def _back(request: HttpRequest, adoption: Adoption, said: str) -> HttpResponse:
    return lead_on(request, reverse("conversations:adoption", args=[adoption.pk]), said)
