"""Activities: members' pages first, cadres' after."""

from django.urls import path

from huigong.services.activities.views import editing, manage, member

app_name = "activities"
members = [
    path("", member.index, name="index"),
    path("<int:activity_id>/", member.detail, name="detail"),
    path("<int:activity_id>/signup", member.sign_up, name="sign-up"),
    path("mine", member.my_signups, name="my-signups"),
    path("mine/<int:signup_id>", member.my_signup, name="my-signup"),
    path("mine/<int:signup_id>/cancel", member.cancel_signup, name="cancel-signup"),
    path("mine/<int:signup_id>/accept", member.accept_offer, name="accept-offer"),
]
cadres = [
    path("manage/", manage.index, name="manage-index"),
    path("manage/new", editing.new, name="new"),
    path("manage/<int:activity_id>/", manage.desk, name="manage"),
    path("manage/<int:activity_id>/edit", editing.edit, name="edit"),
    path("manage/sessions/<int:session_id>/quotas", editing.quotas, name="quotas"),
    path("manage/unions/<int:union_id>/below", editing.union_choices, name="union-choices"),
    path("manage/unions/<int:union_id>/audience", editing.audience_count, name="audience-count"),
    *(path(f"manage/<int:activity_id>/{verb}", view, name=verb) for verb, view in manage.ACTS.items()),
]
urlpatterns = members + cadres
