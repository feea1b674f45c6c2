"""Campaigns: the public page, and the cadres' pages that make it."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core import drawings
from huigong.core.answers import lead_on
from huigong.core.jinja import render_page
from huigong.core.keys import row_key
from huigong.services.activities import operations, permissions, queries
from huigong.services.activities.forms.campaigns import CampaignForm
from huigong.services.activities.models import Campaign

PAGE = 20


@login_not_required
@require_GET
def campaign(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One theme and its activities, as far as the reader may see them."""
    found = permissions.get_campaign(request.user, campaign_id)
    return render_page(
        request, "activities/campaign.html", {"view": queries.campaign_page(found, request.user)}
    )


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Campaigns that the cadre may edit."""
    _require_organiser(request)
    before = row_key(request.GET.get("before"))
    rows = queries.managed_campaigns(request.user, before=before, limit=PAGE + 1)
    context = {"rows": rows[:PAGE], "more": f"?before={rows[PAGE - 1]['pk']}" if len(rows) > PAGE else ""}
    return render_page(request, "activities/manage/campaigns.html", context, block="rows" if before else None)


def _require_organiser(request: HttpRequest) -> list:
    unions = list(permissions.organisers(request.user)[:50])
    if not unions:
        raise Http404
    return unions


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A campaign in the name of a union that the cadre organises for."""
    unions = _require_organiser(request)
    given = row_key(request.POST.get("union"))
    union = permissions.get_organiser(request.user, given) if given else unions[0]
    form = _form(request, None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, form, None, {"unions": unions, "union": union})
    made = operations.create_campaign(union, actor=request.user, **form.given)
    return lead_on(request, reverse("activities:edit-campaign", args=[made.pk]), "草稿已保存，可以发布了")


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Change a campaign."""
    found = permissions.get_managed_campaign(request.user, campaign_id, permissions.EDIT)
    form = _form(request, found)
    if request.method == "GET" or not form.is_valid():
        return _page(request, form, found, {"unions": [], "union": found.union})
    operations.update_campaign(found, actor=request.user, **form.given)
    return _done(request, found, "已保存")


def _form(request: HttpRequest, found: Campaign | None) -> CampaignForm:
    choosable = queries.choosable_activities(request.user, found)
    return CampaignForm(
        request.POST if request.method == "POST" else None, choosable=choosable, instance=found
    )


def _page(request: HttpRequest, form: CampaignForm, found: Campaign | None, context: dict) -> HttpResponse:
    context |= {
        "form": form,
        "campaign": found,
        "covers": drawings.choices(),
        "choices": queries.activity_choices(request.user, found, chosen=form.chosen),
        "may_publish": permissions.may_publish_for(request.user, context["union"]),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "activities/manage/campaign.html", context, status=status)


@require_GET
def choices(request: HttpRequest) -> HttpResponse:
    """Activities for the picker: those ticked, then those that match the search."""
    _require_organiser(request)
    given = row_key(request.GET.get("campaign"))
    found = permissions.get_managed_campaign(request.user, given, permissions.EDIT) if given else None
    chosen = [key for key in map(row_key, request.GET.getlist("activities")) if key]
    text = request.GET.get("find", "")[:40].strip()
    context = {"choices": queries.activity_choices(request.user, found, chosen=chosen, text=text)}
    return render_page(request, "activities/manage/_activities.html", context)


@require_POST
def publish(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Show it to the members."""
    found = permissions.get_managed_campaign(request.user, campaign_id, permissions.PUBLISH)
    return _done(request, operations.publish_campaign(found, actor=request.user), "专题已发布")


@require_POST
def take_down(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Show it no longer."""
    found = permissions.get_managed_campaign(request.user, campaign_id, permissions.PUBLISH)
    return _done(request, operations.take_down_campaign(found, actor=request.user), "专题已撤下")


def _done(request: HttpRequest, found: Campaign, said: str) -> HttpResponse:
    return lead_on(request, reverse("activities:edit-campaign", args=[found.pk]), said)
