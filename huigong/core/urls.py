"""Addresses that belong to no feature."""

from django.urls import path

from huigong.core import views

app_name = "core"
urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("csp-report", views.csp_report, name="csp-report"),
    path("files/<uuid:uuid>", views.file, name="file"),
]
