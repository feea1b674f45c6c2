"""Policies: everybody's pages first, cadres' after."""

from django.urls import path

from huigong.services.policies.views import desk, documents

app_name = "policies"
urlpatterns = [
    path("", documents.index, name="index"),
    path("<int:policy_id>/", documents.detail, name="detail"),
    path("<int:policy_id>/file", documents.file, name="file"),
    path("forms/<int:form_id>", documents.form, name="form"),
    path("manage/", desk.index, name="manage-index"),
    path("manage/new", desk.new, name="new"),
    path("manage/<int:policy_id>/", desk.desk, name="manage"),
    path("manage/<int:policy_id>/edit", desk.edit, name="edit"),
    path("manage/forms/<int:form_id>/remove", desk.remove_form, name="remove-form"),
    *(path(f"manage/<int:policy_id>/{verb}", view, name=verb) for verb, view in desk.ACTS.items()),
]
