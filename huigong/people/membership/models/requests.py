"""What workers ask for and unions decide: joining, claiming, moving, and the proposal to expel."""

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from huigong.core.identity import Sex
from huigong.core.models import Model
from huigong.people.membership.models.roll import Membership, Person, WorkForm

if TYPE_CHECKING:
    from huigong.people.orgs.models import Union


class JoinApplication(Model):
    """A worker asks to join; the union decides. It keeps what was typed: the roll changes only on approval."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "待审核"
        RETURNED = "returned", "已退回"
        APPROVED = "approved", "已通过"
        REJECTED = "rejected", "未通过"
        WITHDRAWN = "withdrawn", "已撤回"

    class Via(models.TextChoices):
        JOIN = "join", "入会申请"
        NO_UNION = "no_union", "单位没有工会"

    class Part(models.TextChoices):
        """What a cadre may mark when an application goes back; each value is the name of a field of the form."""

        NAME = "name", "姓名"
        ID_NUMBER = "id_number", "证件号"
        WORK_FORM = "work_form", "就业形态"
        UNIT_NAME = "unit_name", "工作单位"
        JOB_TITLE = "job_title", "岗位"
        PLEDGE = "pledge", "签名"

    OPEN = (State.SUBMITTED, State.RETURNED)

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="applications", verbose_name="申请人"
    )
    union = models.ForeignKey(
        "orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="申请加入"
    )
    via = models.CharField("方式", max_length=8, choices=Via, default=Via.JOIN)
    name = models.CharField("姓名", max_length=60)
    sex = models.CharField("性别", max_length=1, choices=Sex)
    born_on = models.DateField("出生日期")
    work_form = models.CharField("就业形态", max_length=12, choices=WorkForm)
    unit_name = models.CharField("工作单位", max_length=120, blank=True)
    job_title = models.CharField("岗位", max_length=60, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.SUBMITTED)
    pledge = models.CharField("誓词签名", max_length=60, blank=True)
    signature = models.ForeignKey("core.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField("提交时间")
    due_on = models.DateField("办理期限")
    escalated_at = models.DateTimeField("转上级时间", null=True)
    is_duplicate = models.BooleanField("证件号重复申请", default=False)
    """Another account has asked for the same person; who is who, a cadre finds out from the document."""
    decided_at = models.DateTimeField("办结时间", null=True)
    decided_reason = models.CharField("审核意见", max_length=300, blank=True)
    marks = ArrayField(models.CharField(max_length=20), default=list, editable=False)
    """Which parts a returned application is to be corrected in: names of `Part`."""

    class Meta:
        verbose_name = verbose_name_plural = "入会申请"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["submitted", "returned"], is_duplicate=False),
                name="membership_one_application",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=["submitted", "returned"]),
                name="membership_one_application_account",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["submitted", "returned", "approved", "rejected", "withdrawn"]),
                name="membership_application_state",
            ),
            models.CheckConstraint(
                condition=~Q(pledge="") | Q(signature__isnull=False), name="membership_application_signed"
            ),
        ]
        indexes = [
            models.Index(fields=["union", "state", "submitted_at"], name="membership_app_inbox"),
            models.Index(fields=["due_on"], name="membership_app_due", condition=Q(state="submitted")),
        ]

    def __str__(self) -> str:
        return f"{self.name}的入会申请"

    @property
    def deciding_union(self) -> "Union":
        return self.union

    @property
    def applicant_id(self) -> int:
        """The account that asks."""
        return self.account_id


class Claim(Model):
    """Somebody says that a record on the roll is theirs. It is theirs at once, or a cadre confirms it."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "待核对"
        CONFIRMED = "confirmed", "已认领"
        REJECTED = "rejected", "未通过"
        WITHDRAWN = "withdrawn", "已撤回"

    OPEN = (State.SUBMITTED,)

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="claims", verbose_name="会员")
    union = models.ForeignKey(
        "orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="所属工会"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.SUBMITTED)
    due_on = models.DateField("办理期限")
    escalated_at = models.DateTimeField("转上级时间", null=True)
    decided_at = models.DateTimeField("办结时间", null=True)
    decided_reason = models.CharField("核对意见", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "会籍认领"
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state="submitted"), name="membership_one_claim"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["submitted", "confirmed", "rejected", "withdrawn"]),
                name="membership_claim_state",
            ),
        ]
        indexes = [
            models.Index(fields=["union", "state", "id"], name="membership_claim_inbox"),
            models.Index(fields=["due_on"], name="membership_claim_due", condition=Q(state="submitted")),
        ]

    def __str__(self) -> str:
        return f"{self.person}的会籍认领"

    @property
    def deciding_union(self) -> "Union":
        return self.union

    @property
    def applicant_id(self) -> int:
        """The account that asks."""
        return self.account_id


class Transfer(Model):
    """A member moves to another union: the old one lets go, then the new one takes in."""

    class State(models.TextChoices):
        OUT_PENDING = "out_pending", "待转出审核"
        IN_PENDING = "in_pending", "待转入审核"
        DONE = "done", "已完成"
        OUT_REJECTED = "out_rejected", "转出未通过"
        IN_REJECTED = "in_rejected", "转入未通过"
        WITHDRAWN = "withdrawn", "已撤回"

    OPEN = (State.OUT_PENDING, State.IN_PENDING)

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="transfers", verbose_name="会员"
    )
    from_union = models.ForeignKey(
        "orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="转出工会"
    )
    to_union = models.ForeignKey(
        "orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="转入工会"
    )
    state = models.CharField("状态", max_length=12, choices=State, default=State.OUT_PENDING)
    reason = models.CharField("转会原因", max_length=1, choices=Membership.Reason, blank=True)
    unit_name = models.CharField("新单位", max_length=120, blank=True)
    job_title = models.CharField("岗位", max_length=60, blank=True)
    note = models.CharField("说明", max_length=200, blank=True)
    due_on = models.DateField("办理期限")
    escalated_at = models.DateTimeField("转上级时间", null=True)
    out_decided_by = models.BigIntegerField(null=True)
    in_decided_by = models.BigIntegerField(null=True)
    decided_reason = models.CharField("审核意见", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "转会申请"
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=["out_pending", "in_pending"]),
                name="membership_one_transfer",
            ),
            models.CheckConstraint(
                condition=~Q(from_union=models.F("to_union")), name="membership_transfer_moves"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "out_pending",
                        "in_pending",
                        "done",
                        "out_rejected",
                        "in_rejected",
                        "withdrawn",
                    ]
                ),
                name="membership_transfer_state",
            ),
        ]
        indexes = [
            models.Index(fields=["from_union", "state"], name="membership_transfer_out"),
            models.Index(fields=["to_union", "state"], name="membership_transfer_in"),
            models.Index(
                fields=["due_on"],
                name="membership_transfer_due",
                condition=Q(state__in=["out_pending", "in_pending"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}的转会申请"

    @property
    def deciding_union(self) -> "Union":
        """Whose turn it is."""
        return self.from_union if self.state == self.State.OUT_PENDING else self.to_union

    @property
    def applicant_id(self) -> int | None:
        """The account of the member who asks."""
        return self.person.account_id


class Expulsion(Model):
    """A proposal to expel a member who was sentenced for a crime; the chair decides, the union above is told."""

    class State(models.TextChoices):
        PROPOSED = "proposed", "待决定"
        EXPELLED = "expelled", "已除名"
        DROPPED = "dropped", "不予除名"

    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="expulsions", verbose_name="会籍"
    )
    state = models.CharField("状态", max_length=10, choices=State, default=State.PROPOSED)
    grounds = models.CharField("事由与依据", max_length=300)
    proposed_by = models.BigIntegerField()
    decided_at = models.DateTimeField("决定时间", null=True)
    remark = models.CharField("决定意见", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "除名"
        constraints = [
            models.UniqueConstraint(
                fields=["membership"], condition=Q(state="proposed"), name="membership_one_expulsion"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "expelled", "dropped"]), name="membership_expulsion_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership.person}的除名"
