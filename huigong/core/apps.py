from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class CoreConfig(AppConfig):
    name = "huigong.core"
    label = "core"
    verbose_name = "系统"
    default = True


class WorkbenchAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site in place of its own; takes the place of ``django.contrib.admin``."""

    default_site = "huigong.core.admin.WorkbenchSite"
    default = False
