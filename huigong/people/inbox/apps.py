from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "huigong.people.inbox"
    label = "inbox"
    verbose_name = "消息"

    def ready(self) -> None:
        from huigong.people.inbox import receivers  # noqa: F401, PLC0415 registers itself
