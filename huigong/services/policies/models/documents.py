"""What was issued: the document, what follows it, and the paper forms that go with it."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from huigong.core.models import Model


class Policy(Model):
    """One document, as issued. Whether it is in force follows from its dates and from what replaced it."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        PUBLISHED = "published", "已发布"
        WITHDRAWN = "withdrawn", "已撤下"

    class Level(models.TextChoices):
        NATION = "nation", "国家"
        PROVINCE = "province", "省级"
        CITY = "city", "市级"
        COUNTY = "county", "县级"
        UNION = "union", "本级工会"

    class Topic(models.TextChoices):
        AID = "aid", "困难帮扶"
        SCHOOLING = "schooling", "助学"
        HEALTH = "health", "医疗互助"
        RIGHTS = "rights", "劳动权益"
        INSURANCE = "insurance", "社会保险"
        WOMEN = "women", "女职工"
        SKILLS = "skills", "技能提升"
        UNION = "union", "工会工作"

    union = models.ForeignKey(
        "orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="发布工会"
    )
    title = models.CharField("标题", max_length=120)
    number = models.CharField("文号", max_length=60, blank=True)
    issuer = models.CharField("发文机关", max_length=80)
    level = models.CharField("层级", max_length=10, choices=Level)
    topic = models.CharField("主题", max_length=10, choices=Topic)
    issued_on = models.DateField("发布日期")
    in_force_on = models.DateField("施行日期")
    ends_on = models.DateField("废止日期", null=True, blank=True)
    """The first day on which it no longer counts."""
    replaced_by = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaces",
        verbose_name="被哪个文件替代",
    )
    summary = models.TextField("一看就懂", blank=True)
    body = models.TextField("全文", blank=True)
    file = models.OneToOneField(
        "core.StoredFile", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="原文件"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    published_at = models.DateTimeField("上架时间", null=True)
    published_by = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="发布人"
    )
    withdrawn_reason = models.CharField("撤下原因", max_length=120, blank=True)
    words = SearchVectorField(null=True, editable=False)
    """Filled by a job; empty from a change until then."""

    class Meta:
        verbose_name = verbose_name_plural = "政策文件"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "published", "withdrawn"]), name="policies_policy_state"
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=False, published_by__isnull=False) | Q(state="draft"),
                name="policies_policy_published",
            ),
            models.CheckConstraint(
                condition=Q(in_force_on__gte=F("issued_on")), name="policies_policy_in_force"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gt=F("in_force_on")),
                name="policies_policy_ends",
            ),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True) | ~Q(replaced_by=F("pk")),
                name="policies_policy_not_itself",
            ),
        ]
        indexes = [
            GinIndex(fields=["words"], name="policies_policy_words"),
            models.Index(
                fields=["-issued_on", "-id"], name="policies_policy_newest", condition=Q(state="published")
            ),
            models.Index(fields=["union", "-id"], name="policies_policy_union"),
        ]

    def __str__(self) -> str:
        return self.title


class PaperForm(Model):
    """One version of a form to print and hand in. The one of its name without `superseded_at` counts."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="forms")
    name = models.CharField("表格名称", max_length=60)
    version = models.CharField("版本", max_length=20)
    file = models.OneToOneField("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "表格"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "name"],
                condition=Q(superseded_at=None),
                name="policies_paperform_current",
            ),
            models.UniqueConstraint(fields=["policy", "name", "version"], name="policies_paperform_version"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.version}）"
