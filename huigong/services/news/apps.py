from django.apps import AppConfig


class NewsConfig(AppConfig):
    name = "huigong.services.news"
    label = "news"
    verbose_name = "信息中心"
