"""The member's home, "me", the card and the points."""

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from huigong.core import qr
from huigong.core.answers import one_of
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.faces.portal import queries
from huigong.people.accounts import queries as accounts
from huigong.people.membership import queries as membership
from huigong.services.activities import permissions as activities
from huigong.services.complaints import permissions as complaints
from huigong.services.conversations import permissions as conversations
from huigong.services.funds import permissions as funds
from huigong.services.news import permissions as news
from huigong.services.notices import permissions as notices
from huigong.services.policies import permissions as policies

_LONGEST = 50
"""Letters of a search; what is longer names nothing better."""


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What a worker comes for, on one screen. Open to everybody; personal parts only after login."""
    return render_page(request, "portal/home.html", {"home": queries.home(request.user)})


@login_not_required
@require_GET
def services(request: HttpRequest) -> HttpResponse:
    """Every service there is, by what it is about."""
    context = {"groups": queries.service_groups(is_member=membership.member_of(request.user) is not None)}
    return render_page(request, "portal/services.html", context)


@login_not_required
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """One box over everything that the reader may see, answering while they type."""
    text = " ".join(request.GET.get("q", "").split())[:_LONGEST]
    kind = one_of(request.GET.get("kind"), list(queries.KINDS))
    kinds = [
        {"key": key, "label": label, "href": f"?{urlencode({'q': text, 'kind': key})}"}
        for key, label in queries.KINDS.items()
    ]
    context = {
        "text": text,
        "kind": kind,
        "kinds": kinds,
        "answer": queries.search(request.user, text, kind=kind),
        "join": f"{reverse('membership:join')}?{urlencode({'q': text})}",
    }
    return render_page(request, "portal/search.html", context, block="results")


@login_not_required
@require_GET
def related(request: HttpRequest, article_id: int) -> HttpResponse:
    """What goes with an article, for its end; a page of its own where there is no script."""
    context = {"found": queries.related(request.user, article_id), "article_id": article_id}
    return render_page(request, "portal/related.html", context, block="found")


@require_GET
def me(request: HttpRequest) -> HttpResponse:
    """Who I am here, what I have, where my requests stand."""
    context = {
        "home": queries.home(request.user),
        "card": queries.my_card(request.user),
        "may_review": membership.may_review(request.user),
        "manages_activities": activities.manages(request.user),
        "may_import": membership.may_import(request.user),
        "manages_notices": notices.manages(request.user),
        "handles_complaints": complaints.works_here(request.user),
        "audits_complaints": complaints.holds(request.user, complaints.REVIEW),
        "manages_policies": policies.manages(request.user),
        "reviews_applications": policies.reviews(request.user),
        "answers_letters": conversations.handles(request.user),
        "keeps_accounts": funds.manages(request.user),
        "manages_news": news.manages(request.user),
    }
    return render_page(request, "portal/me.html", context)


@require_GET
def my_union(request: HttpRequest) -> HttpResponse:
    """My union, its people, what it tells and offers, and what I asked it; for who is no member, an invitation."""
    return render_page(request, "portal/my_union.html", {"mine": queries.my_union(request.user)})


@require_GET
def member_card(request: HttpRequest) -> HttpResponse:
    """The e-membership card with the code that changes every half minute."""
    return render_page(request, "portal/card.html", {"card": queries.my_card(request.user)})


@require_GET
def member_codes(request: HttpRequest) -> HttpResponse:
    """The next member codes as QR drawings, some minutes ahead, for a phone that may lose its network."""
    if membership.member_of(request.user) is None:
        return JsonResponse({"codes": []})
    codes = [
        {"starts_at": code.starts_at, "svg": qr.svg(code.text)}
        for code in accounts.member_codes(request.user.uuid)
    ]
    return JsonResponse({"codes": codes})


@require_GET
def unread(request: HttpRequest) -> HttpResponse:
    """How much is unread, for pages that cannot hold a live stream."""
    return JsonResponse({"unread": queries.unread_count(request.user)})


@require_GET
def points(request: HttpRequest) -> HttpResponse:
    """Points: how many, where from, where to."""
    before = request.GET.get("before", "")
    context = {"ledger": queries.ledger(request.user, before=row_key(before))}
    return render_page(request, "portal/points.html", context, block="rows" if before else None)


@login_not_required
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What personal data is kept, why, and how to have it corrected or deleted."""
    return render_page(request, "portal/privacy.html", {"version": accounts.RULES_VERSION})
