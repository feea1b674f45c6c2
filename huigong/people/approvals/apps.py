from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "huigong.people.approvals"
    label = "approvals"
    verbose_name = "审核"
