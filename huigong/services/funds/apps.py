from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "huigong.services.funds"
    label = "funds"
    verbose_name = "经费公开"
