from django.apps import AppConfig


class PointsConfig(AppConfig):
    name = "huigong.resources.points"
    label = "points"
    verbose_name = "积分"
