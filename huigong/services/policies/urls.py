"""Policies: everybody's pages first, then applicants', then cadres'.

Whatever shows or takes in what somebody applies for is confidential: no log line, no cache, no Referer.
"""

from django.urls import path

from huigong.core.confidential import confidential
from huigong.services.policies.views import (
    applications,
    applying,
    desk,
    documents,
    figures,
    notices,
    papers,
    reviewing,
    schemes,
)

app_name = "policies"
_APPLICANTS = [
    ("apply/", applying.index, "apply-index"),
    ("apply/<int:scheme_id>/", applying.scheme, "scheme"),
    ("apply/<int:scheme_id>/begin", applying.begin, "begin"),
    ("applications/<int:applied_id>/", applications.detail, "application"),
    ("applications/<int:applied_id>/form", applying.apply, "apply"),
    ("applications/<int:applied_id>/save", applying.save, "save"),
    ("applications/<int:applied_id>/papers/<slug:question_id>", applying.add_evidence, "add-evidence"),
    ("applications/<int:applied_id>/print", applications.print_, "print"),
    ("applications/<int:applied_id>/sent", applications.sent, "sent"),
    ("applications/<int:applied_id>/signature", applications.signature, "signature"),
    ("applications/<int:applied_id>/withdraw", applications.withdraw, "withdraw-application"),
    ("applications/<int:applied_id>/discard", applications.discard, "discard-draft"),
    ("applications/<int:applied_id>/withdraw-consent", applications.withdraw_consent, "withdraw-consent"),
    ("evidence/<int:evidence_id>", papers.own, "evidence"),
    ("evidence/<int:evidence_id>/small", papers.own_small, "evidence-small"),
    ("evidence/<int:evidence_id>/remove", applying.remove_evidence, "remove-evidence"),
    ("notices/", notices.index, "notices"),
    ("notices/<int:applied_id>/", notices.detail, "notice"),
]
_REVIEWERS = [
    ("", reviewing.index, "review-index"),
    ("many", reviewing.many, "review-many"),
    ("export", reviewing.export, "review-export"),
    ("export-private", reviewing.export_private, "review-export-private"),
    ("statistics", figures.statistics, "statistics"),
    ("statistics/export", figures.export, "statistics-export"),
    ("<int:applied_id>/", reviewing.detail, "review"),
    ("<int:applied_id>/signature", reviewing.signature, "review-signature"),
    ("evidence/<int:evidence_id>", papers.reviewed, "review-evidence"),
    ("evidence/<int:evidence_id>/small", papers.reviewed_small, "review-evidence-small"),
    ("objections/<int:objection_id>/answer", reviewing.answer, "answer-objection"),
    *((f"<int:applied_id>/{verb}", view, f"review-{verb}") for verb, view in reviewing.ACTS.items()),
]
urlpatterns = [
    path("", documents.index, name="index"),
    path("<int:policy_id>/", documents.detail, name="detail"),
    path("<int:policy_id>/file", documents.file, name="file"),
    path("forms/<int:form_id>", documents.form, name="form"),
    *(path(route, confidential(view), name=name) for route, view, name in _APPLICANTS),
    path("manage/", desk.index, name="manage-index"),
    path("manage/new", desk.new, name="new"),
    path("manage/<int:policy_id>/", desk.desk, name="manage"),
    path("manage/<int:policy_id>/edit", desk.edit, name="edit"),
    path("manage/forms/<int:form_id>/remove", desk.remove_form, name="remove-form"),
    *(path(f"manage/<int:policy_id>/{verb}", view, name=verb) for verb, view in desk.ACTS.items()),
    path("manage/schemes/", schemes.index, name="schemes"),
    path("manage/schemes/new", schemes.new, name="scheme-new"),
    path("manage/schemes/<int:scheme_id>/", schemes.desk, name="scheme-desk"),
    path("manage/schemes/<int:scheme_id>/edit", schemes.edit, name="scheme-edit"),
    path("manage/schemes/<int:scheme_id>/notice", schemes.notice_sheet, name="scheme-notice"),
    path("manage/schemes/<int:scheme_id>/preview", schemes.preview, name="scheme-preview"),
    *(
        path(f"manage/schemes/<int:scheme_id>/{verb}", view, name=f"scheme-{verb}")
        for verb, view in schemes.ACTS.items()
    ),
    *(path(f"manage/review/{route}", confidential(view), name=name) for route, view, name in _REVIEWERS),
]
