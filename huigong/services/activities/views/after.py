"""After an activity: participants say how it was, cadres write it up and take the figures away."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huigong.core.answers import lead_on
from huigong.core.jinja import render_page
from huigong.services.activities import operations, permissions, queries
from huigong.services.activities.forms.after import ReportForm, survey_form
from huigong.services.activities.views.roster import excel


@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest, signup_id: int) -> HttpResponse:
    """Say how it was, once."""
    signup = permissions.get_signup(request.user, signup_id)
    form = survey_form(signup.session.activity)(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        operations.answer_survey(signup, answers=form.cleaned_data)
        return lead_on(request, reverse("activities:my-signup", args=[signup_id]), "谢谢您的评价")
    context = {"signup": signup, "form": form, "is_open": queries.may_answer_survey(signup)}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "activities/survey.html", context, block="form", status=status)


@require_GET
def survey_results(request: HttpRequest, activity_id: int) -> HttpResponse:
    """What those who came said."""
    activity = permissions.get_managed(request.user, activity_id, permissions.VIEW)
    context = {"activity": activity, "results": queries.survey_results(activity)}
    return render_page(request, "activities/manage/survey.html", context)


@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, activity_id: int) -> HttpResponse:
    """The figures, and what is written about it."""
    permission = permissions.VIEW if request.method == "GET" else permissions.EDIT
    activity = permissions.get_managed(request.user, activity_id, permission)
    form = ReportForm.of(activity, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        operations.report(activity, text=form.html, spent_fen=form.spent_fen, actor=request.user)
        return lead_on(request, reverse("activities:report", args=[activity_id]), "总结已保存")
    context = {
        "activity": activity,
        "figures": queries.figures(activity),
        "form": form,
        "may_write": activity.state in ("closed", "reported")
        and permissions.may(request.user, permissions.EDIT, activity),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "activities/manage/report.html", context, status=status)


@require_POST
def report_file(request: HttpRequest, activity_id: int) -> HttpResponse:
    """The report as Excel."""
    activity = permissions.get_managed(request.user, activity_id, permissions.VIEW)
    return excel(operations.export_report(activity, actor=request.user), f"{activity.title}活动总结")
