"""News: channels, articles with every text that was saved, what is attached, and who follows what."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from huigong.core.models import Model

MOST_STEPS = 3
"""三审: more reviews than three nobody asks for."""


class Channel(Model):
    """Where articles are sorted; a row, so that an office adds its own."""

    key = models.SlugField("代号", max_length=20, unique=True)
    name = models.CharField("名称", max_length=12, unique=True)
    note = models.CharField("说明", max_length=40, blank=True)
    place = models.PositiveSmallIntegerField("排序", default=0)
    is_open = models.BooleanField("启用", default=True)

    class Meta:
        verbose_name = verbose_name_plural = "栏目"
        ordering = ["place", "id"]

    def __str__(self) -> str:
        return self.name


class ReviewPlan(Model):
    """How many reviews articles of unions of one level pass, and in which office each takes place."""

    class Office(models.TextChoices):
        OWN = "own", "本工会"
        ABOVE = "above", "上一级工会"
        TOP = "top", "县级工会"

    level = models.PositiveSmallIntegerField("工会级别", unique=True)
    steps = ArrayField(
        models.CharField(max_length=8, choices=Office), size=MOST_STEPS, default=list, blank=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "审核安排"
        constraints = [
            models.CheckConstraint(
                condition=Q(steps__len__lte=MOST_STEPS) & Q(steps__contained_by=["own", "above", "top"]),
                name="news_plan_steps",
            )
        ]

    def __str__(self) -> str:
        return f"{self.level} 级"


class Article(Model):
    """One article. While it is being reviewed `step` says which of its `steps` comes next."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        REVIEWING = "reviewing", "审核中"
        RETURNED = "returned", "已退回"
        SCHEDULED = "scheduled", "待发布"
        PUBLISHED = "published", "已发布"
        WITHDRAWN = "withdrawn", "已撤回"

    EDITABLE = (State.DRAFT, State.RETURNED)

    union = models.ForeignKey(
        "orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="发布工会"
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="articles", verbose_name="栏目"
    )
    title = models.CharField("标题", max_length=60)
    summary = models.CharField("摘要", max_length=120, blank=True)
    body = models.TextField("正文")
    cover = models.ForeignKey(
        "core.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    drawing = models.CharField("封面图样", max_length=20, blank=True)
    source = models.CharField("来源", max_length=40, blank=True)
    source_url = models.URLField("原文链接", max_length=300, blank=True)
    byline = models.CharField("署名", max_length=40, blank=True)
    is_machine_made = models.BooleanField("含人工智能生成内容", default=False)
    trade = models.CharField("相关行业", max_length=40, blank=True)
    audience = models.JSONField("谁能看", default=dict, blank=True)
    audience_unions = ArrayField(models.BigIntegerField(), editable=False)
    """The rule's union ids once more, for the index behind every list; only operations set it."""
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    steps = ArrayField(models.CharField(max_length=8), default=list, blank=True, editable=False)
    """The plan as it stood when the article was handed in: a change of plan moves nobody's work."""
    step = models.PositiveSmallIntegerField("审核环节", null=True, editable=False)
    involved = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)
    """Accounts that wrote it, handed it in or passed a review of this round: none of them reviews it again."""
    publish_at = models.DateTimeField("定时发布", null=True, blank=True)
    published_at = models.DateTimeField("发布时间", null=True)
    told_at = models.DateTimeField("告知关注者时间", null=True)
    withdrawn_reason = models.CharField("撤回原因", max_length=120, blank=True)
    author = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, related_name="+", verbose_name="起草人"
    )
    words = SearchVectorField(null=True, editable=False)
    """Filled by a job; empty from a change until then."""

    class Meta:
        verbose_name = verbose_name_plural = "文章"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state__in=["draft", "reviewing", "returned", "scheduled", "published", "withdrawn"]
                ),
                name="news_article_state",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=False) | ~Q(state__in=["published", "withdrawn"]),
                name="news_article_published",
            ),
            models.CheckConstraint(
                condition=Q(publish_at__isnull=False) | ~Q(state="scheduled"), name="news_article_scheduled"
            ),
            models.CheckConstraint(
                condition=Q(state="reviewing", step__isnull=False, step__lt=F("steps__len"))
                | Q(~Q(state="reviewing"), step__isnull=True),
                name="news_article_step",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"], name="news_article_latest", condition=Q(state="published")
            ),
            models.Index(
                fields=["channel", "-published_at", "-id"],
                name="news_article_channel",
                condition=Q(state="published"),
            ),
            models.Index(fields=["union", "-id"], name="news_article_union"),
            models.Index(fields=["publish_at"], name="news_article_due", condition=Q(state="scheduled")),
            GinIndex(fields=["audience_unions"], name="news_article_audience"),
            GinIndex(fields=["words"], name="news_article_words"),
            models.Index(fields=["id"], name="news_article_unread", condition=Q(words__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.title


class Version(Model):
    """A text as it was saved, so that what changed between two reviews can be seen."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField("版本")
    title = models.CharField("标题", max_length=60)
    summary = models.CharField("摘要", max_length=120, blank=True)
    body = models.TextField("正文")
    saved_by = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "文章版本"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="news_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.title} 第 {self.number} 版"


class Attachment(Model):
    """A document that goes with an article."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="attachments")
    file = models.OneToOneField("core.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "附件"
        ordering = ["id"]


class Follow(models.Model):
    """A member wants to hear of a channel first."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("membership.Person", on_delete=models.CASCADE, related_name="+")
    followed_at = models.DateTimeField("关注时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "关注"
        constraints = [models.UniqueConstraint(fields=["channel", "person"], name="news_follow_once")]
        indexes = [models.Index(fields=["person"], name="news_follow_person")]
