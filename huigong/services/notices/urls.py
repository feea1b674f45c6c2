"""Notices: members' pages first, cadres' after."""

from django.urls import path

from huigong.services.notices.views import manage, member

app_name = "notices"
urlpatterns = [
    path("", member.index, name="index"),
    path("<int:notice_id>/", member.detail, name="detail"),
    path("<int:notice_id>/read", member.read, name="read"),
    path("<int:notice_id>/confirm", member.confirm, name="confirm"),
    path("attachments/<int:attachment_id>", member.attachment, name="attachment"),
    path("manage/", manage.index, name="manage-index"),
    path("manage/new", manage.new, name="new"),
    path("manage/audiences", manage.audiences, name="audiences"),
    path("manage/audiences/<int:saved_id>/forget", manage.forget_audience, name="forget-audience"),
    path("manage/<int:notice_id>/", manage.desk, name="manage"),
    path("manage/<int:notice_id>/edit", manage.edit, name="edit"),
    path("manage/<int:notice_id>/unread", manage.unread, name="unread"),
    path("manage/attachments/<int:attachment_id>/detach", manage.detach, name="detach"),
    *(path(f"manage/<int:notice_id>/{verb}", view, name=verb) for verb, view in manage.ACTS.items()),
]
