"""Notices: what a union tells its members, what is attached, and who has read it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from huigong.core.models import Model


class Notice(Model):
    """Written once for everybody it means; who reads it writes a `Reading`."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        WITHDRAWN = "withdrawn", "已撤回"

    union = models.ForeignKey(
        "orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="发布工会"
    )
    title = models.CharField("标题", max_length=60)
    body = models.TextField("正文")
    audience = models.JSONField("发给谁", default=dict, blank=True)
    audience_unions = ArrayField(models.BigIntegerField(), editable=False)
    """The rule's union ids once more, for the index behind every member's list; only operations set it."""
    asks_confirmation = models.BooleanField("需要会员确认", default=False)
    expires_on = models.DateField("有效期至", null=True, blank=True)
    words = SearchVectorField(null=True, editable=False)
    """By what a published notice is found; read when it is published."""
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    published_at = models.DateTimeField("发布时间", null=True)
    published_by = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="发布人"
    )
    withdrawn_reason = models.CharField("撤回原因", max_length=120, blank=True)
    reminded_at = models.DateTimeField("提醒时间", null=True)
    reminded = models.PositiveIntegerField("已提醒人数", null=True)
    """How many the one reminder went to; empty until the job has sent it."""

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "published", "withdrawn"]), name="notices_notice_state"
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=False, published_by__isnull=False) | Q(state="draft"),
                name="notices_notice_published",
            ),
            models.CheckConstraint(
                condition=Q(reminded__isnull=True) | Q(reminded_at__isnull=False),
                name="notices_notice_reminded",
            ),
        ]
        indexes = [
            GinIndex(
                fields=["audience_unions"], name="notices_notice_audience", condition=Q(state="published")
            ),
            models.Index(fields=["union", "-id"], name="notices_notice_union"),
            GinIndex(fields=["words"], name="notices_notice_words"),
            models.Index(
                fields=["-published_at"], name="notices_notice_fresh", condition=Q(state="published")
            ),
        ]

    def __str__(self) -> str:
        return self.title


class SavedAudience(Model):
    """Whom a union often writes to, under a name: 车间班组长, 女职工委员."""

    union = models.ForeignKey("orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="工会")
    name = models.CharField("名称", max_length=20)
    rule = models.JSONField("范围", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "常用范围"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["union", "name"], name="notices_audience_once")]

    def __str__(self) -> str:
        return self.name


class Attachment(Model):
    """A document that goes with a notice."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="attachments")
    file = models.OneToOneField("core.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["id"]


class Reading(models.Model):
    """One member has read one notice, and perhaps confirmed it. Written on reading, never before."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="readings")
    person = models.ForeignKey("membership.Person", on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField("阅读时间", db_default=Now())
    confirmed_at = models.DateTimeField("确认时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "阅读"
        constraints = [models.UniqueConstraint(fields=["notice", "person"], name="notices_reading_once")]
        indexes = [models.Index(fields=["person", "notice"], name="notices_reading_person")]
