from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "huigong.faces.portal"
    label = "portal"
    verbose_name = "职工端"
