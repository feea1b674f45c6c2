"""What the platform tells one account. Each message names what it is about and links there."""

from django.db import models

from huigong.core.models import Model


class Message(Model):
    """One message to one account."""

    class Kind(models.TextChoices):
        REQUEST = "request", "办理进度"
        ACTIVITY = "activity", "活动"
        NOTICE = "notice", "通知"
        TASK = "task", "待办"
        POINTS = "points", "积分"
        SYSTEM = "system", "系统"

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField("类别", max_length=10, choices=Kind)
    title = models.CharField("标题", max_length=80)
    body = models.CharField("内容", max_length=500, blank=True)
    url = models.CharField("链接", max_length=200)
    read_at = models.DateTimeField("阅读时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        indexes = [
            models.Index(fields=["account", "-id"], name="inbox_message_latest"),
            models.Index(fields=["account"], name="inbox_message_unread", condition=models.Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return self.title
