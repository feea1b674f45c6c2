"""Who gets a place. A pool of places, and one entry for each person who asks for some of them."""

from django.db import models
from django.db.models import F, Q

from huigong.core.models import Model


class Pool(Model):
    """Places that are given out one way. `taken` counts confirmed and offered places, never past `capacity`."""

    class Mode(models.TextChoices):
        RUSH = "rush", "先到先得"
        DRAW = "draw", "抽签"
        REVIEW = "review", "审核"
        QUOTA = "quota", "名额分配"

    mode = models.CharField("名额方式", max_length=8, choices=Mode)
    capacity = models.PositiveIntegerField("名额")
    taken = models.PositiveIntegerField("已占用", default=0)
    opens_at = models.DateTimeField("报名开始")
    closes_at = models.DateTimeField("报名截止")
    has_waitlist = models.BooleanField("开启候补", default=True)
    offer_minutes = models.PositiveIntegerField("候补确认时限（分钟）", default=120)
    is_open = models.BooleanField("接受报名", default=False)
    seed_sealed = models.TextField(blank=True)
    seed_hash = models.CharField("种子指纹", max_length=64, blank=True)
    seed = models.CharField("种子", max_length=64, blank=True)
    frozen = models.JSONField("锁定名单", null=True)
    entries_hash = models.CharField("名单指纹", max_length=64, blank=True)
    drawn_places = models.PositiveIntegerField("抽签名额", null=True)
    drawn_at = models.DateTimeField("开奖时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "名额"
        constraints = [
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="seats_pool_not_oversold"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="seats_pool_window"),
            models.CheckConstraint(condition=Q(offer_minutes__gte=5), name="seats_pool_offer_time"),
        ]

    def __str__(self) -> str:
        return f"{self.get_mode_display()} {self.taken}/{self.capacity}"

    @property
    def left(self) -> int:
        return self.capacity - self.taken

    @property
    def awaits_draw(self) -> bool:
        """The list is frozen and published, the lots are not drawn yet: nothing about it may change."""
        return bool(self.entries_hash) and self.drawn_at is None


class Quota(models.Model):
    """How many of a pool's places are set apart for one union and all below it (mode `quota`)."""

    pool = models.ForeignKey(Pool, on_delete=models.CASCADE, related_name="quotas")
    union = models.ForeignKey("orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="工会")
    capacity = models.PositiveIntegerField("名额")
    taken = models.PositiveIntegerField("已占用", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "名额分配"
        constraints = [
            models.UniqueConstraint(fields=["pool", "union"], name="seats_quota_once"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="seats_quota_not_oversold"),
        ]


class Entry(Model):
    """One person's request for `size` places in a pool. Only `operations` moves its state."""

    class State(models.TextChoices):
        PENDING = "pending", "待定"
        CONFIRMED = "confirmed", "已确认"
        WAITING = "waiting", "候补中"
        OFFERED = "offered", "候补待确认"
        REFUSED = "refused", "未通过"
        LOST = "lost", "未中签"
        LAPSED = "lapsed", "候补逾期"
        CANCELLED = "cancelled", "已取消"

    HOLDING = (State.CONFIRMED, State.OFFERED)
    LIVE = (State.PENDING, State.CONFIRMED, State.WAITING, State.OFFERED)

    pool = models.ForeignKey(Pool, on_delete=models.PROTECT, related_name="entries")
    person = models.ForeignKey(
        "membership.Person", on_delete=models.PROTECT, related_name="+", verbose_name="职工"
    )
    quota = models.ForeignKey(Quota, on_delete=models.PROTECT, null=True, related_name="entries")
    size = models.PositiveSmallIntegerField("人数", default=1)
    state = models.CharField("状态", max_length=10, choices=State)
    offered_until = models.DateTimeField("候补确认截止", null=True)
    decided_at = models.DateTimeField("确定时间", null=True)
    is_override = models.BooleanField("手工加入", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "名额申请"
        constraints = [
            models.UniqueConstraint(
                fields=["pool", "person"],
                condition=Q(state__in=["pending", "confirmed", "waiting", "offered"]),
                name="seats_entry_one_live",
            ),
            models.CheckConstraint(condition=Q(size__gte=1, size__lte=20), name="seats_entry_size"),
            models.CheckConstraint(
                condition=Q(state="offered", offered_until__isnull=False) | ~Q(state="offered"),
                name="seats_entry_offer_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["pool", "state", "id"], name="seats_entry_queue"),
            models.Index(fields=["person"], name="seats_entry_person"),
            models.Index(fields=["offered_until"], name="seats_entry_offers", condition=Q(state="offered")),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.get_state_display()}"
