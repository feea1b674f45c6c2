"""What may be applied for online."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from huigong.core.models import Model


class Scheme(Model):
    """Something to apply for: whom it is for, what is asked, who looks at it, and when it is open."""

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        OPEN = "open", "已开放"
        CLOSED = "closed", "已结束"

    union = models.ForeignKey(
        "orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="主办工会"
    )
    title = models.CharField("项目名称", max_length=60)
    intro = models.TextField("说明")
    policy = models.ForeignKey(
        "Policy", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="政策依据"
    )
    audience = models.JSONField("谁可以申报", default=dict, blank=True)
    audience_unions = ArrayField(models.BigIntegerField(), editable=False)
    """The rule's union ids once more, for the index behind every member's list; only operations set it."""
    questions = models.JSONField("表单", default=list, blank=True)
    """As `core.questions` reads it."""
    unit_first = models.BooleanField("先由所在单位工会核实", default=True)
    """False where the unit may be the other side of the matter: it then learns nothing of it."""
    unit_days = models.PositiveSmallIntegerField("单位核实期限（工作日）", default=5)
    notice_days = models.PositiveSmallIntegerField("公示天数（工作日）", default=5)
    """0: nothing is made public."""
    keep_months = models.PositiveSmallIntegerField("敏感信息办结后保存（月）", default=24)
    opens_at = models.DateTimeField("开始时间", null=True)
    closes_at = models.DateTimeField("截止时间", null=True)
    words = SearchVectorField(null=True, editable=False)
    """By what an open scheme is found; read when it is opened or changed."""
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)

    class Meta:
        verbose_name = verbose_name_plural = "申报项目"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "open", "closed"]), name="policies_scheme_state"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(opens_at__isnull=False, closes_at__gt=F("opens_at")),
                name="policies_scheme_window",
            ),
            models.CheckConstraint(
                condition=Q(unit_days__range=(1, 30), notice_days__lte=30, keep_months__range=(1, 120)),
                name="policies_scheme_terms",
            ),
        ]
        indexes = [
            GinIndex(fields=["audience_unions"], name="policies_scheme_audience", condition=Q(state="open")),
            GinIndex(fields=["words"], name="policies_scheme_words"),
            models.Index(fields=["union", "-id"], name="policies_scheme_union"),
        ]

    def __str__(self) -> str:
        return self.title
