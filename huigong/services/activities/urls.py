"""Activities: members' pages first, cadres' after."""

from django.urls import path

from huigong.services.activities.views import member

app_name = "activities"
urlpatterns = [
    path("", member.index, name="index"),
    path("<int:activity_id>/", member.detail, name="detail"),
    path("<int:activity_id>/signup", member.sign_up, name="sign-up"),
    path("mine", member.my_signups, name="my-signups"),
    path("mine/<int:signup_id>", member.my_signup, name="my-signup"),
    path("mine/<int:signup_id>/cancel", member.cancel_signup, name="cancel-signup"),
    path("mine/<int:signup_id>/accept", member.accept_offer, name="accept-offer"),
]
