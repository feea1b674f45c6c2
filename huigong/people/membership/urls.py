"""Membership: workers' pages, then cadres'."""

from django.urls import path

from huigong.people.membership import views

app_name = "membership"
urlpatterns = [
    path("", views.status, name="status"),
    path("join", views.join, name="join"),
    path("join/<int:union_id>", views.apply, name="apply"),
    path("applications/<int:application_id>", views.application, name="application"),
    path("applications/<int:application_id>/sent", views.application_sent, name="application-sent"),
    path("applications/<int:application_id>/correct", views.correct_application, name="correct-application"),
    path(
        "applications/<int:application_id>/withdraw", views.withdraw_application, name="withdraw-application"
    ),
    path("applications/<int:application_id>/signature", views.signature, name="signature"),
    path("claim", views.claim, name="claim"),
    path("claims/<int:claim_id>", views.claim_detail, name="claim-detail"),
    path("claims/<int:claim_id>/withdraw", views.withdraw_claim, name="withdraw-claim"),
    path("transfer", views.transfer, name="transfer"),
    path("transfer/<int:union_id>", views.request_transfer, name="request-transfer"),
    path("transfers/<int:transfer_id>", views.transfer_detail, name="transfer-detail"),
    path("transfers/<int:transfer_id>/withdraw", views.withdraw_transfer, name="withdraw-transfer"),
    path("details", views.details, name="details"),
    path("leave", views.leave, name="leave"),
    path("audience/<int:union_id>/unions", views.audience_unions, name="audience-unions"),
    path("audience/<int:union_id>/count", views.audience_count, name="audience-count"),
    path("review", views.review, name="review"),
    path("review/approve", views.approve_many, name="approve-many"),
    path("review/applications/<int:application_id>", views.review_application, name="review-application"),
    path(
        "review/applications/<int:application_id>/numbers",
        views.reveal_application,
        name="reveal-application",
    ),
    path(
        "review/applications/<int:application_id>/approve",
        views.approve_application,
        name="approve-application",
    ),
    path(
        "review/applications/<int:application_id>/return", views.return_application, name="return-application"
    ),
    path(
        "review/applications/<int:application_id>/reject", views.reject_application, name="reject-application"
    ),
    path("review/claims/<int:claim_id>", views.review_claim, name="review-claim"),
    path("review/claims/<int:claim_id>/numbers", views.reveal_claim, name="reveal-claim"),
    path("review/claims/<int:claim_id>/confirm", views.confirm_claim, name="confirm-claim"),
    path("review/claims/<int:claim_id>/reject", views.reject_claim, name="reject-claim"),
    path("review/transfers/<int:transfer_id>", views.review_transfer, name="review-transfer"),
    path("review/transfers/<int:transfer_id>/let-go", views.let_go, name="let-go"),
    path("review/transfers/<int:transfer_id>/take-in", views.take_in, name="take-in"),
    path("review/transfers/<int:transfer_id>/reject", views.reject_transfer, name="reject-transfer"),
    path("import", views.imports, name="imports"),
    path("import/new", views.upload_roll, name="upload-roll"),
    path("import/template", views.roll_template, name="roll-template"),
    path("import/<int:import_id>", views.roll_import, name="roll-import"),
    path("import/<int:import_id>/columns", views.map_roll, name="map-roll"),
    path("import/<int:import_id>/start", views.start_import, name="start-import"),
    path("import/<int:import_id>/stop", views.stop_import, name="stop-import"),
    path("import/<int:import_id>/resume", views.resume_import, name="resume-import"),
    path("import/<int:import_id>/discard", views.discard_import, name="discard-import"),
    path("import/<int:import_id>/report", views.import_report, name="import-report"),
    path("people/<int:person_id>", views.person, name="person"),
    path("expulsions/<int:expulsion_id>", views.decide_expulsion, name="decide-expulsion"),
]
