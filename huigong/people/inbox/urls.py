"""The inbox."""

from django.urls import path

from huigong.people.inbox import views

app_name = "inbox"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:message_id>", views.open_message, name="open"),
    path("read-all", views.read_all, name="read-all"),
]
