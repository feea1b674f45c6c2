"""Activities: members' pages first, cadres' after."""

from django.urls import path

from huigong.services.activities import views

app_name = "activities"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:activity_id>/", views.detail, name="detail"),
    path("<int:activity_id>/signup", views.sign_up, name="sign-up"),
    path("mine", views.my_signups, name="my-signups"),
    path("mine/<int:signup_id>", views.my_signup, name="my-signup"),
    path("mine/<int:signup_id>/cancel", views.cancel_signup, name="cancel-signup"),
    path("mine/<int:signup_id>/accept", views.accept_offer, name="accept-offer"),
]
