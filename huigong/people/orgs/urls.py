"""Founding a union online."""

from django.urls import path

from huigong.people.orgs import views

app_name = "orgs"
urlpatterns = [
    path("register", views.register, name="register"),
    path("registrations/<int:registration_id>", views.registration, name="registration"),
    path("registrations/<int:registration_id>/withdraw", views.withdraw, name="withdraw-registration"),
]
