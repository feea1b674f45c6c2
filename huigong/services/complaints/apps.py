from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "huigong.services.complaints"
    label = "complaints"
    verbose_name = "职工维权"
