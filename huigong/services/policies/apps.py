from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "huigong.services.policies"
    label = "policies"
    verbose_name = "政策与申报"
