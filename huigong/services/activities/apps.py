from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "huigong.services.activities"
    label = "activities"
    verbose_name = "活动"
