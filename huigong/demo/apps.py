from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "huigong.demo"
    label = "demo"
    verbose_name = "演示"
