"""News: readers' pages first, editors' after."""

from django.urls import path

from huigong.services.news.views import deciding, manage, reader, settings

app_name = "news"
urlpatterns = [
    path("", reader.index, name="index"),
    path("<int:article_id>/", reader.detail, name="detail"),
    path("channels/<int:channel_id>/follow", reader.follow, name="follow"),
    path("attachments/<int:attachment_id>", reader.attachment, name="attachment"),
    path("manage/", manage.index, name="manage-index"),
    path("manage/new", manage.new, name="new"),
    path("manage/pictures", manage.pictures, name="pictures"),
    path("manage/settings", settings.index, name="settings"),
    path("manage/settings/plans/<int:level>", settings.plan, name="plan"),
    path("manage/channels/new", settings.new_channel, name="new-channel"),
    path("manage/channels/<int:channel_id>", settings.edit_channel, name="edit-channel"),
    path("manage/<int:article_id>/", manage.desk, name="manage"),
    path("manage/<int:article_id>/edit", manage.edit, name="edit"),
    path("manage/<int:article_id>/preview", manage.preview, name="preview"),
    path("manage/<int:article_id>/versions", manage.versions, name="versions"),
    path("manage/attachments/<int:attachment_id>/detach", manage.detach, name="detach"),
    *(path(f"manage/<int:article_id>/{verb}", view, name=verb) for verb, view in deciding.ACTS.items()),
]
