"""Funds: what a union took in and spent, as it tells its members."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from huigong.core.models import Model


class Report(Model):
    """One union's accounts of a quarter or a whole year, in one version. What was published is never changed.

    A mistake is put right by the next version; the former ones stay readable.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        CONFIRMING = "confirming", "待核对"
        PUBLISHED = "published", "已公开"
        REPLACED = "replaced", "已更正"

    class Period(models.IntegerChoices):
        YEAR = 0, "全年"
        FIRST = 1, "第一季度"
        SECOND = 2, "第二季度"
        THIRD = 3, "第三季度"
        FOURTH = 4, "第四季度"

    class Office(models.TextChoices):
        AUDITOR = "auditor", "经审委员"
        CHAIR = "chair", "工会主席"
        ABOVE = "above", "上级工会"

    SHOWN = (State.PUBLISHED, State.REPLACED)

    union = models.ForeignKey("orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="工会")
    year = models.PositiveSmallIntegerField("年度")
    period = models.PositiveSmallIntegerField("期间", choices=Period)
    version = models.PositiveSmallIntegerField("第几版", default=1)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    opening_fen = models.BigIntegerField("上期结余")
    income_fen = models.BigIntegerField("收入合计")
    spending_fen = models.BigIntegerField("支出合计")
    closing_fen = models.BigIntegerField("本期结余")
    note = models.CharField("说明", max_length=500, blank=True)
    file = models.OneToOneField(
        "core.StoredFile", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="报表"
    )
    correction = models.CharField("更正原因", max_length=200, blank=True)
    writer = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="填报人"
    )
    revision = models.PositiveSmallIntegerField("第几次送核", default=0)
    """What somebody has read is what they confirm."""
    confirmers = ArrayField(models.BigIntegerField(), default=list)
    """Accounts of those of whom one must confirm it; settled when it is handed in."""
    confirmed_as = models.CharField("核对身份", max_length=8, choices=Office, blank=True)
    confirmer = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="核对人"
    )
    published_at = models.DateTimeField("公开时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "经费收支"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "confirming", "published", "replaced"]),
                name="funds_report_state",
            ),
            models.CheckConstraint(
                condition=Q(period__gte=0, period__lte=4, year__gte=2000, year__lte=2100),
                name="funds_report_period",
            ),
            models.CheckConstraint(
                condition=Q(closing_fen=F("opening_fen") + F("income_fen") - F("spending_fen")),
                name="funds_report_balance",
            ),
            models.CheckConstraint(
                condition=Q(opening_fen__gte=0, income_fen__gte=0, spending_fen__gte=0, closing_fen__gte=0),
                name="funds_report_no_debts",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "replaced"])
                | (Q(published_at__isnull=False, confirmer__isnull=False) & ~Q(confirmer=F("writer"))),
                name="funds_report_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(correction=""), name="funds_report_correction"
            ),
            models.UniqueConstraint(
                fields=["union", "year", "period", "version"], name="funds_report_version_once"
            ),
            models.UniqueConstraint(
                fields=["union", "year", "period"],
                condition=Q(state="published"),
                name="funds_report_one_published",
            ),
            models.UniqueConstraint(
                fields=["union", "year", "period"],
                condition=Q(state__in=["draft", "confirming"]),
                name="funds_report_one_open",
            ),
        ]
        indexes = [
            GinIndex(fields=["confirmers"], name="funds_report_confirmers", condition=Q(state="confirming")),
        ]

    def __str__(self) -> str:
        return f"{self.title}经费收支"

    @property
    def title(self) -> str:
        """2026年第三季度; a whole year is 2025年度."""
        period = "度" if self.period == self.Period.YEAR else self.get_period_display()
        return f"{self.year}年{period}"


class Line(Model):
    """What came in or went out under one heading of 《基层工会经费收支管理办法》."""

    class Category(models.TextChoices):
        DUES = "dues", "会费收入"
        ALLOCATED = "allocated", "拨缴经费收入"
        SUBSIDY = "subsidy", "上级工会补助收入"
        EMPLOYER = "employer", "行政补助收入"
        UNDERTAKING = "undertaking", "事业收入"
        INVESTMENT = "investment", "投资收益"
        OTHER_INCOME = "other_income", "其他收入"
        ACTIVITIES = "activities", "职工活动支出"
        RIGHTS = "rights", "维权支出"
        BUSINESS = "business", "业务支出"
        CAPITAL = "capital", "资本性支出"
        UNDERTAKING_COST = "undertaking_cost", "事业支出"
        OTHER_SPENDING = "other_spending", "其他支出"

    INCOME = (
        Category.DUES,
        Category.ALLOCATED,
        Category.SUBSIDY,
        Category.EMPLOYER,
        Category.UNDERTAKING,
        Category.INVESTMENT,
        Category.OTHER_INCOME,
    )
    SPENDING = (
        Category.ACTIVITIES,
        Category.RIGHTS,
        Category.BUSINESS,
        Category.CAPITAL,
        Category.UNDERTAKING_COST,
        Category.OTHER_SPENDING,
    )

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="lines")
    category = models.CharField("科目", max_length=20, choices=Category)
    amount_fen = models.BigIntegerField("金额")

    class Meta:
        verbose_name = verbose_name_plural = "收支科目"
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    category__in=[
                        "dues", "allocated", "subsidy", "employer", "undertaking", "investment", "other_income",
                        "activities", "rights", "business", "capital", "undertaking_cost", "other_spending",
                    ]
                ),
                name="funds_line_category",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="funds_line_something"),
            models.UniqueConstraint(fields=["report", "category"], name="funds_line_once"),
        ]  # fmt: skip
