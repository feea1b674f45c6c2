from django.apps import AppConfig


class MembershipConfig(AppConfig):
    name = "huigong.people.membership"
    label = "membership"
    verbose_name = "会籍"
