"""Documents for everybody: the list, one document, its files."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from huigong.core import files
from huigong.core.answers import one_of
from huigong.core.jinja import render_page
from huigong.services.policies import permissions, queries
from huigong.services.policies.models import Policy


@login_not_required
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Published documents by words, topic, level and whether they count; open to everybody."""
    wanted = queries.Wanted(
        text=request.GET.get("q", "")[:60].strip(),
        topic=one_of(request.GET.get("topic"), list(Policy.Topic.values)),
        level=one_of(request.GET.get("level"), list(Policy.Level.values)),
        validity=one_of(request.GET.get("validity"), list(queries.VALIDITIES)),
    )
    cursor = request.GET.get("cursor", "")[:40]
    found = queries.page(request.user, wanted, cursor=cursor)
    context = {
        "wanted": wanted,
        "found": found,
        "validities": _choices(wanted, "validity", list(queries.VALIDITIES.items())),
        "topics": _choices(wanted, "topic", [("", "全部主题"), *Policy.Topic.choices]),
        "levels": _choices(wanted, "level", [("", "全部层级"), *Policy.Level.choices]),
        "more": _query(wanted, cursor=found.next) if found.next else "",
    }
    return render_page(request, "policies/index.html", context, block="rows" if cursor else "results")


def _choices(wanted: queries.Wanted, name: str, choices: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"key": key, "label": label, "href": _query(wanted, **{name: key})} for key, label in choices]


def _query(wanted: queries.Wanted, **changed: str) -> str:
    asked = {"q": wanted.text, "topic": wanted.topic, "level": wanted.level, "validity": wanted.validity}
    return "?" + urlencode({name: value for name, value in (asked | changed).items() if value})


@login_not_required
@require_GET
def detail(request: HttpRequest, policy_id: int) -> HttpResponse:
    """One document: whether it counts, what it means in plain words, what it says, what can be fetched."""
    policy = permissions.get_policy(request.user, policy_id)
    context = {"face": queries.face(policy), "schemes": queries.resting_on(policy, request.user)}
    return render_page(request, "policies/detail.html", context)


@login_not_required
@require_GET
def file(request: HttpRequest, policy_id: int) -> HttpResponse:
    """The document as it was issued, as a download."""
    policy = permissions.get_readable(request.user, policy_id)
    if policy.file is None:
        raise Http404
    return files.serve(policy.file)


@login_not_required
@require_GET
def form(request: HttpRequest, form_id: int) -> HttpResponse:
    """A paper form, as a download; of an old version first a page that says so."""
    paper = permissions.get_form(request.user, form_id)
    if paper.superseded_at is None or "old" in request.GET:
        return files.serve(paper.file)
    return render_page(request, "policies/old_form.html", {"old": queries.form_face(paper)})
