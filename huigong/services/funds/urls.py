"""Funds: what members read first, the desk after."""

from django.urls import path

from huigong.services.funds.views import manage, member

app_name = "funds"
urlpatterns = [
    path("", member.index, name="index"),
    path("<int:report_id>/", member.detail, name="detail"),
    path("<int:report_id>/file", member.file, name="file"),
    path("manage/", manage.index, name="manage-index"),
    path("manage/new", manage.new, name="new"),
    path("manage/empty", manage.empty, name="empty"),
    path("manage/<int:report_id>/", manage.desk, name="manage"),
    path("manage/<int:report_id>/edit", manage.edit, name="edit"),
    path("manage/<int:report_id>/submit", manage.submit, name="submit"),
    path("manage/<int:report_id>/call-back", manage.call_back, name="call-back"),
    path("manage/<int:report_id>/confirm", manage.confirm, name="confirm"),
    path("manage/<int:report_id>/send-back", manage.send_back, name="send-back"),
    path("manage/<int:report_id>/correct", manage.correct, name="correct"),
    path("manage/<int:report_id>/discard", manage.discard, name="discard"),
]
