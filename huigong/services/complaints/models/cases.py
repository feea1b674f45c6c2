"""Complaints: what a worker brings before the county, who handles it, and everybody who has read it.

All of it lies in the vault. Words are sealed with a key of the case's own besides; in the clear are only the states,
days and counts that a list is sorted by. No row names an account by foreign key, and no time is finer than a day
where the author might be found by it.
"""

import json
import uuid
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from huigong.core import crypto
from huigong.core.models import VaultedModel, append_only


class Case(VaultedModel):
    """One complaint."""

    class Naming(models.TextChoices):
        NAMED = "named", "实名"
        WITHHELD = "withheld", "隐名"
        ANONYMOUS = "anonymous", "匿名"

    class Demand(models.TextChoices):
        CONSULT = "consult", "咨询"
        RESOLVE = "resolve", "求决"
        OPINION = "opinion", "意见"

    class Tier(models.TextChoices):
        PLAIN = "plain", "一般"
        HARD = "hard", "难点"
        COMPLEX = "complex", "特别复杂"

    class Cause(models.TextChoices):
        WAGES = "wages", "拖欠或克扣工资"
        OVERTIME = "overtime", "加班和休息休假"
        CONTRACT = "contract", "劳动合同"
        DISMISSAL = "dismissal", "辞退和补偿"
        INSURANCE = "insurance", "社会保险"
        INJURY = "injury", "工伤和职业病"
        SAFETY = "safety", "劳动安全"
        WOMEN = "women", "女职工权益"
        RESPECT = "respect", "欺凌、骚扰和歧视"
        UNION = "union", "工会组织和民主管理"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        RECEIVED = "received", "待受理"
        ACCEPTED = "accepted", "已受理"
        HANDLING = "handling", "办理中"
        PAUSED = "paused", "暂停计时"
        REPLIED = "replied", "已答复"
        VISITED = "visited", "已回访"
        CLOSED = "closed", "已办结"
        DECLINED = "declined", "不予受理"
        TRANSFERRED = "transferred", "已转交"

    class Source(models.TextChoices):
        PLATFORM = "platform", "本平台"
        HOTLINE = "hotline", "12351 热线"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("编号", max_length=8, unique=True)
    source = models.CharField("来源", max_length=8, choices=Source, default=Source.PLATFORM)
    lodged_on = models.DateField("提交日期")
    naming = models.CharField("署名方式", max_length=10, choices=Naming)
    demand = models.CharField("诉求类型", max_length=10, choices=Demand)
    tier = models.CharField("难易", max_length=10, choices=Tier, default=Tier.PLAIN)
    cause = models.CharField("事由", max_length=10, choices=Cause)
    amount_fen = models.BigIntegerField("涉及金额", null=True)
    people_affected = models.PositiveIntegerField("涉及人数", default=1)
    state = models.CharField("状态", max_length=12, choices=State, default=State.RECEIVED)
    key_sealed = models.TextField()
    """The case's own key, sealed by the field key."""
    content_sealed = models.BinaryField()
    """Employer, narrative and what is wanted."""
    identity_sealed = models.BinaryField(default=bytes)
    """Who it is; empty for an anonymous one."""
    author_index = models.CharField(max_length=64, blank=True, default="")
    receipt_index = models.CharField(max_length=64, blank=True, default="")
    """A slow keyed hash of the receipt code, which is kept nowhere."""
    token_index = models.CharField(max_length=64, unique=True)
    """Of the form, or the order of the hotline, that it came with: sent twice, it is one case."""
    employer_code_index = models.CharField(max_length=64, blank=True, default="")
    employer_name_index = models.CharField(max_length=64)
    close_union_ids = ArrayField(models.BigIntegerField(), default=list)
    """The union of the accused, where there is one, and the author's own: their officers must hear nothing."""
    leading = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followers")
    """The case about the same employer with which this one is handled; the author does not learn of it."""
    reopened = models.PositiveSmallIntegerField("重新办理次数", default=0)
    rating = models.PositiveSmallIntegerField("满意度", null=True)
    closed_on = models.DateField("办结日期", null=True)
    has_news = models.BooleanField("有新进展", default=False)
    """Something was told to the author that they have not opened."""

    class Meta:
        verbose_name = verbose_name_plural = "诉求"
        constraints = [
            models.CheckConstraint(
                condition=Q(naming="anonymous", author_index="", identity_sealed=b"", source="platform")
                & ~Q(receipt_index="")
                | Q(naming__in=["named", "withheld"], receipt_index="", source="platform")
                & ~Q(author_index="")
                | Q(source="hotline", author_index="", receipt_index="")
                & (
                    Q(naming="anonymous", identity_sealed=b"")
                    | Q(naming="withheld") & ~Q(identity_sealed=b"")
                ),
                name="complaints_case_naming",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gte=0), name="complaints_case_amount"
            ),
            models.CheckConstraint(
                condition=Q(people_affected__gte=1), name="complaints_case_people_affected"
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5),
                name="complaints_case_rating",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_on__isnull=False)
                | ~Q(state="closed") & Q(closed_on__isnull=True),
                name="complaints_case_closed",
            ),
            models.CheckConstraint(
                condition=Q(leading__isnull=True)
                | Q(state__in=["handling", "paused"]) & ~Q(leading=models.F("id")),
                name="complaints_case_leading",
            ),
            models.UniqueConstraint(
                fields=["receipt_index"], condition=~Q(receipt_index=""), name="complaints_case_receipt"
            ),
        ]
        indexes = [
            models.Index(
                fields=["author_index"], name="complaints_case_author", condition=~Q(author_index="")
            ),
            models.Index(fields=["state", "id"], name="complaints_case_state"),
            models.Index(fields=["employer_name_index"], name="complaints_case_employer"),
            models.Index(
                fields=["employer_code_index"],
                name="complaints_case_code",
                condition=~Q(employer_code_index=""),
            ),
        ]

    @property
    def key_context(self) -> str:
        """What the wrapped key is tied to."""
        return f"complaints_case.key_sealed.{self.uuid}"

    @cached_property
    def key(self) -> crypto.DataKey:
        """The key of this case's words."""
        return crypto.DataKey(self.key_sealed, context=self.key_context)

    def seal(self, place: str, words: dict[str, Any]) -> bytes:
        """`words`, sealed for this case and that `place` in it."""
        return self.key.seal(json.dumps(words, ensure_ascii=False).encode(), context=f"{self.uuid}.{place}")

    def unseal(self, place: str, sealed: bytes | memoryview) -> dict[str, Any]:
        """What `seal` was given. Raises `crypto.CannotOpen` for what belongs elsewhere."""
        return json.loads(self.key.unseal(sealed, context=f"{self.uuid}.{place}"))


class Entry(VaultedModel):
    """One step in the life of a case, or a word in it. Written once."""

    class Kind(models.TextChoices):
        LODGED = "lodged", "您提交了诉求"
        SUPPLEMENTED = "supplemented", "您补充了材料"
        ACCEPTED = "accepted", "县总工会决定受理"
        DECLINED = "declined", "县总工会决定不予受理"
        TRANSFERRED = "transferred", "已转交有权处理的部门"
        ASSIGNED = "assigned", "已安排专人办理"
        NOTED = "noted", "办理记录"
        ASKED = "asked", "办理人给您留言"
        PAUSED = "paused", "暂停计算办理期限"
        RESUMED = "resumed", "恢复计算办理期限"
        EXTENSION_ASKED = "extension_asked", "申请延长期限"
        EXTENDED = "extended", "办理期限已延长"
        EXTENSION_REFUSED = "extension_refused", "不同意延长期限"
        REPLIED = "replied", "县总工会已答复"
        RATED = "rated", "您评价了办理结果"
        VISITED = "visited", "已回访"
        CHECK_FAILED = "check_failed", "质检未通过，退回重办"
        CLOSED = "closed", "已办结"
        REOPENED = "reopened", "您要求重新办理"
        URGED = "urged", "督办"
        MERGED = "merged", "并入另一件办理"
        TOOK_IN = "took_in", "另一件并入本件办理"
        UNMERGED = "unmerged", "恢复单独办理"
        LETTER_DRAFTED = "letter_drafted", "起草文书"
        LETTER_SUBMITTED = "letter_submitted", "文书送签"
        LETTER_RETURNED = "letter_returned", "文书退回修改"
        LETTER_DROPPED = "letter_dropped", "文书作废"
        LETTER_ISSUED = "letter_issued", "县总工会已发出文书"
        LETTER_MOVED = "letter_moved", "回函期限重新计算"
        LETTER_ANSWERED = "letter_answered", "对方已书面答复"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField("步骤", max_length=20, choices=Kind)
    at = models.DateTimeField("时间", db_default=Now())
    """Of what the author did, only the day."""
    is_public = models.BooleanField("提交人可见")
    actor_id = models.BigIntegerField(null=True)
    """Empty: the author."""
    words_sealed = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = "办理过程"
        triggers = append_only("entry")
        indexes = [models.Index(fields=["case", "id"], name="complaints_entry_case")]


class Evidence(VaultedModel):
    """A picture or document that the author added: made anew or checked, renamed, sealed."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    position = models.PositiveSmallIntegerField("序号")
    added_on = models.DateField("提交日期")
    content_type = models.CharField(max_length=80)
    ending = models.CharField(max_length=5)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    content_sealed = models.BinaryField()

    class Meta:
        verbose_name = verbose_name_plural = "证据材料"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["case", "position"], name="complaints_evidence_position")
        ]

    @property
    def name(self) -> str:
        """What it is called, in place of whatever the file was called before."""
        return f"材料{self.position}.{self.ending}"


class Access(VaultedModel):
    """Who may read a case, in what part, since when and until when."""

    class Part(models.TextChoices):
        LEAD = "lead", "主办"
        HELPER = "helper", "协办"
        CHECKER = "checker", "质检"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="accesses")
    account_id = models.BigIntegerField()
    part = models.CharField("分工", max_length=8, choices=Part)
    granted_at = models.DateTimeField(db_default=Now())
    granted_by = models.BigIntegerField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "查阅授权"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "account_id"], condition=Q(revoked_at=None), name="complaints_access_once"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(revoked_at=None, part="lead"), name="complaints_access_one_lead"
            ),
        ]
        indexes = [
            models.Index(fields=["account_id"], name="complaints_access_held", condition=Q(revoked_at=None))
        ]


class Reading(VaultedModel):
    """Somebody of the county has looked at a case; the author can see who and when."""

    class What(models.TextChoices):
        SUMMARY = "summary", "登记信息"
        CONTENT = "content", "诉求内容"
        EVIDENCE = "evidence", "证据材料"
        IDENTITY = "identity", "您的身份"
        LETTER = "letter", "发出或拟发的文书"
        RESULT = "result", "办理结果（反馈 12351）"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="readings")
    at = models.DateTimeField("时间", db_default=Now())
    reader_id = models.BigIntegerField()
    what = models.CharField("内容", max_length=10, choices=What)
    words_sealed = models.BinaryField()
    """Name and office of the reader that day; for an identity, why."""

    class Meta:
        verbose_name = verbose_name_plural = "查阅记录"
        triggers = append_only("reading")
        indexes = [models.Index(fields=["case", "-id"], name="complaints_reading_case")]


class Deadline(VaultedModel):
    """By when something must be done, in working days; one that was moved stays, and says why."""

    class Task(models.TextChoices):
        ACCEPT = "accept", "受理"
        HANDLE = "handle", "办理"

    class Why(models.TextChoices):
        LODGED = "lodged", "提交诉求"
        ACCEPTED = "accepted", "决定受理"
        RESUMED = "resumed", "恢复计时"
        EXTENDED = "extended", "批准延期"
        REOPENED = "reopened", "重新办理"
        CALENDAR = "calendar", "节假日安排公布后重新计算"

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deadlines")
    task = models.CharField("事项", max_length=8, choices=Task)
    why = models.CharField("原因", max_length=10, choices=Why)
    starts_on = models.DateField("起算日")
    working_days = models.PositiveSmallIntegerField("工作日")
    due_on = models.DateField("期限")
    is_provisional = models.BooleanField("暂定")
    made_on = models.DateField()
    ended_on = models.DateField("终止日", null=True)
    """Done, paused or replaced."""

    class Meta:
        verbose_name = verbose_name_plural = "期限"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(ended_on=None), name="complaints_deadline_one"
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=models.F("starts_on")), name="complaints_deadline_order"
            ),
        ]


class Extension(VaultedModel):
    """More time, asked for by who handles a case and decided by somebody else."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="extensions")
    working_days = models.PositiveSmallIntegerField("工作日")
    asked_by = models.BigIntegerField()
    asked_at = models.DateTimeField(db_default=Now())
    decided_by = models.BigIntegerField(null=True)
    is_granted = models.BooleanField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期申请"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(decided_by=None), name="complaints_extension_one"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True, is_granted__isnull=True)
                | Q(decided_by__isnull=False, is_granted__isnull=False) & ~Q(decided_by=models.F("asked_by")),
                name="complaints_extension_by_another",
            ),
        ]
