from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "huigong.people.inbox"
    label = "inbox"
    verbose_name = "消息"
