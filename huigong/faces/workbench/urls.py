"""The cadres' site."""

from django.contrib import admin
from django.urls import include, path

from huigong.faces.workbench import views

own_pages = [
    path("todo/", admin.site.admin_view(views.todo), name="todo"),
]
urlpatterns = [
    path("", include((own_pages, "workbench"))),
    path("", admin.site.urls),
]
