from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "huigong.people.orgs"
    label = "orgs"
    verbose_name = "工会组织"

    def ready(self) -> None:
        from huigong.people.orgs import receivers  # noqa: F401, PLC0415 registers itself
