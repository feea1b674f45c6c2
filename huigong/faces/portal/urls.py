"""Members' pages that span modules."""

from django.urls import path

from huigong.faces.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("services", views.services, name="services"),
    path("search", views.search, name="search"),
    path("related/<int:article_id>", views.related, name="related"),
    path("me", views.me, name="me"),
    path("me/card", views.member_card, name="member-card"),
    path("me/card/codes", views.member_codes, name="member-codes"),
    path("me/points", views.points, name="points"),
    path("me/unread", views.unread, name="unread"),
    path("my-union", views.my_union, name="my-union"),
    path("privacy", views.privacy, name="privacy"),
]
