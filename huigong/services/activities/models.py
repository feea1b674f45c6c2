"""Activities: what is offered, its sessions, who signed up, what they sent in."""

import datetime

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from huigong.core.models import Model

BUDGET_LIMIT_FEN = 2_000_000
"""An activity that costs more (20,000 yuan) needs the approval of the union above its organiser."""


class Activity(Model):
    """Something a union offers its members, on site or online."""

    class Kind(models.TextChoices):
        ONSITE = "onsite", "线下活动"
        ONLINE = "online", "线上活动"

    class Category(models.TextChoices):
        SPORTS = "sports", "文体活动"
        OUTING = "outing", "春秋游"
        SKILL = "skill", "技能竞赛"
        TRAINING = "training", "培训讲座"
        FAMILY = "family", "亲子活动"
        CULTURE = "culture", "节庆文化"
        VOLUNTEER = "volunteer", "志愿服务"
        HEALTH = "health", "健康关爱"
        WOMEN = "women", "女职工活动"

    class State(models.TextChoices):
        DRAFT = "draft", "草稿"
        SUBMITTED = "submitted", "待上级审批"
        RETURNED = "returned", "已退回"
        PUBLISHED = "published", "已发布"
        CLOSED = "closed", "已结束"
        REPORTED = "reported", "已总结"
        CANCELLED = "cancelled", "已取消"

    HELD = (State.PUBLISHED, State.CLOSED)
    """It takes place: whoever has a place there has one, also when no more signups are taken."""

    union = models.ForeignKey(
        "orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="主办工会"
    )
    co_hosts = models.CharField("联办单位", max_length=200, blank=True)
    kind = models.CharField("形式", max_length=8, choices=Kind, default=Kind.ONSITE)
    category = models.CharField("类别", max_length=10, choices=Category, default=Category.SPORTS)
    title = models.CharField("名称", max_length=60)
    summary = models.CharField("一句话介绍", max_length=120, blank=True)
    body = models.TextField("活动介绍", blank=True)
    cover = models.ForeignKey(
        "core.StoredFile", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    drawing = models.CharField("封面图样", max_length=20, blank=True)
    place = models.CharField("地点", max_length=80, blank=True)
    address = models.CharField("详细地址", max_length=160, blank=True)
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    contact_phone = models.CharField("联系电话", max_length=20, blank=True)
    audience = models.JSONField("参加范围", default=dict, blank=True)
    audience_unions = ArrayField(models.BigIntegerField(), editable=False)
    """The rule's union ids once more, for the index behind every member's list; only operations set it."""
    questions = models.JSONField("报名问题", default=list, blank=True)
    survey = models.JSONField("满意度问题", default=list, blank=True)
    max_companions = models.PositiveSmallIntegerField("可带同行人数", default=0)
    cancel_hours = models.PositiveSmallIntegerField("开始前多少小时内不能取消", default=24)
    points = models.PositiveIntegerField("签到积分", default=0)
    budget_fen = models.PositiveBigIntegerField("预算（分）", default=0)
    budget_line = models.CharField("经费科目", max_length=40, blank=True)
    insurance = models.CharField("保险安排", max_length=120, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    published_at = models.DateTimeField("发布时间", null=True)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    votes_per_member = models.PositiveSmallIntegerField("每人票数", default=0)
    cancelled_reason = models.CharField("取消原因", max_length=200, blank=True)
    report = models.TextField("活动总结", blank=True)
    spent_fen = models.PositiveBigIntegerField("实际支出（分）", null=True)
    words = SearchVectorField(null=True, editable=False)
    """Filled by a job; empty from a change until then."""

    class Meta:
        verbose_name = verbose_name_plural = "活动"
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="activities_activity_times"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "draft",
                        "submitted",
                        "returned",
                        "published",
                        "closed",
                        "reported",
                        "cancelled",
                    ]
                ),
                name="activities_activity_state",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=False)
                | Q(state__in=["draft", "submitted", "returned", "cancelled"]),
                name="activities_activity_published",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-starts_at", "-id"], name="activities_activity_list"),
            models.Index(fields=["union", "-id"], name="activities_activity_union"),
            GinIndex(fields=["audience_unions"], name="activities_activity_audience"),
            GinIndex(fields=["words"], name="activities_activity_words"),
            models.Index(fields=["id"], name="activities_activity_unread", condition=Q(words__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def needs_approval(self) -> bool:
        return self.budget_fen > BUDGET_LIMIT_FEN


class Session(Model):
    """One time and place of an activity, with its own pool of places."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="sessions")
    pool = models.OneToOneField("seats.Pool", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("场次", max_length=40, blank=True)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间")
    place = models.CharField("地点", max_length=80, blank=True)
    reminded_at = models.DateTimeField("提醒时间", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "场次"
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="activities_session_times"),
        ]

    def __str__(self) -> str:
        return f"{self.activity}{self.name}"

    @property
    def last_cancel_at(self) -> datetime.datetime:
        return self.starts_at - datetime.timedelta(hours=self.activity.cancel_hours)


class Signup(Model):
    """A member's part in a session. Whether they have a place, their `entry` knows."""

    session = models.ForeignKey(Session, on_delete=models.PROTECT, related_name="signups")
    entry = models.OneToOneField("seats.Entry", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        "membership.Person", on_delete=models.PROTECT, related_name="+", verbose_name="会员"
    )
    union = models.ForeignKey(
        "orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="所属工会"
    )
    answers = models.JSONField("填写内容", default=dict)
    companions = models.JSONField("同行人", default=list)
    decided_reason = models.CharField("审核意见", max_length=120, blank=True)
    checked_in_at = models.DateTimeField("签到时间", null=True)
    checked_in_by = models.BigIntegerField(null=True)
    check_in_reason = models.CharField("手工签到原因", max_length=120, blank=True)
    check_in_round = models.PositiveSmallIntegerField(default=0)
    points = models.PositiveIntegerField("所得积分", default=0)
    """What this check-in was worth; the activity's points may change afterwards."""
    survey_answers = models.JSONField("满意度", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "报名"
        indexes = [
            models.Index(fields=["person", "-id"], name="activities_signup_person"),
            models.Index(fields=["session", "id"], name="activities_signup_session"),
            models.Index(fields=["created_at"], name="activities_signup_made"),
        ]

    def __str__(self) -> str:
        return f"{self.person}报名{self.session}"


class Contribution(Model):
    """What a member sends in to an online activity; shown once a cadre let it pass."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "待审核"
        SHOWN = "shown", "已展示"
        REFUSED = "refused", "未通过"
        WITHDRAWN = "withdrawn", "已撤回"

    signup = models.OneToOneField(Signup, on_delete=models.PROTECT, related_name="contribution")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="contributions")
    text = models.CharField("文字", max_length=1000, blank=True)
    image = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    thumbnail = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField("状态", max_length=10, choices=State, default=State.SUBMITTED)
    refused_reason = models.CharField("未通过原因", max_length=120, blank=True)
    votes = models.PositiveIntegerField("票数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "作品"
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") | Q(image__isnull=False) | Q(state="withdrawn"),
                name="activities_contribution_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(image__isnull=True, thumbnail__isnull=True)
                | Q(image__isnull=False, thumbnail__isnull=False),
                name="activities_contribution_thumbnail",
            ),
        ]
        indexes = [models.Index(fields=["activity", "state", "-id"], name="activities_contribution_list")]

    def __str__(self) -> str:
        return f"作品 {self.pk}"


class Vote(Model):
    """One member's vote for one contribution; `slot` numbers a member's votes in an activity."""

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="ballots")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("membership.Person", on_delete=models.PROTECT, related_name="+")
    slot = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = "投票"
        constraints = [
            models.UniqueConstraint(fields=["contribution", "person"], name="activities_vote_once"),
            models.UniqueConstraint(fields=["activity", "person", "slot"], name="activities_vote_slot"),
        ]


class Campaign(Model):
    """A page that groups activities under one theme."""

    union = models.ForeignKey(
        "orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="主办工会"
    )
    title = models.CharField("名称", max_length=60)
    summary = models.CharField("一句话介绍", max_length=120, blank=True)
    body = models.TextField("介绍", blank=True)
    drawing = models.CharField("封面图样", max_length=20, blank=True)
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    is_published = models.BooleanField("已发布", default=False)
    activities = models.ManyToManyField(Activity, related_name="campaigns", blank=True, verbose_name="活动")

    class Meta:
        verbose_name = verbose_name_plural = "专题"
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="activities_campaign_days"),
        ]

    def __str__(self) -> str:
        return self.title


class CalendarFeed(Model):
    """The address under which a member's calendar program reads their activities. Only its hash is kept."""

    account = models.OneToOneField("accounts.Account", on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        verbose_name = verbose_name_plural = "日历订阅"
