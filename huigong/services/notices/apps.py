from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "huigong.services.notices"
    label = "notices"
    verbose_name = "通知"
