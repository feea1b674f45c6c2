from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "huigong.people.accounts"
    label = "accounts"
    verbose_name = "账号"
