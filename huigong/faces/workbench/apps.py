from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "huigong.faces.workbench"
    label = "workbench"
    verbose_name = "工作台"
