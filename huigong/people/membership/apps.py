from django.apps import AppConfig


class MembershipConfig(AppConfig):
    name = "huigong.people.membership"
    label = "membership"
    verbose_name = "会籍"

    def ready(self) -> None:
        from huigong.people.membership import receivers  # noqa: F401, PLC0415 registers itself
