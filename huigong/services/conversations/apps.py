from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "huigong.services.conversations"
    label = "conversations"
    verbose_name = "留言"
