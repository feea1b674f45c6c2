from django.apps import AppConfig


class SeatsConfig(AppConfig):
    name = "huigong.resources.seats"
    label = "seats"
    verbose_name = "名额"
