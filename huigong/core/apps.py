from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "huigong.core"
    label = "core"
    verbose_name = "系统"
    default = True

    def ready(self) -> None:
        from huigong.core import checks, vault  # noqa: F401, PLC0415 the checks register themselves

        post_migrate.connect(vault.fortify, dispatch_uid="core.vault")


class WorkbenchAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site in place of its own; takes the place of ``django.contrib.admin``."""

    default_site = "huigong.core.admin.WorkbenchSite"
    default = False
