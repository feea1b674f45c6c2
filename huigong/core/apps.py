from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CoreConfig(AppConfig):
    name = "huigong.core"
    label = "core"
    verbose_name = "系统"
    default = True

    def ready(self) -> None:
        from huigong.core import checks  # noqa: F401, PLC0415 registers itself


class WorkbenchAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site in place of its own; takes the place of ``django.contrib.admin``."""

    default_site = "huigong.core.admin.WorkbenchSite"
    default = False
