from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "huigong.services.activities"
    label = "activities"
    verbose_name = "活动"

    def ready(self) -> None:
        from huigong.services.activities import receivers  # noqa: F401, PLC0415 registers itself
