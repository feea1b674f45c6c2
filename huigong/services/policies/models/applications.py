"""Applications, what goes with them, and what others say about those on public notice."""

import uuid

from django.db import models
from django.db.models import Q

from huigong.core.crypto import SealedJson
from huigong.core.models import Model
from huigong.services.policies.models.schemes import Scheme


class Application(Model):
    """What one member applies for. All answers are kept encrypted."""

    class State(models.TextChoices):
        DRAFT = "draft", "填写中"
        SUBMITTED = "submitted", "待单位核实"
        RETURNED = "returned", "退回补正"
        VERIFIED = "verified", "待审定"
        NOTICED = "noticed", "公示中"
        AWARDED = "awarded", "已通过"
        REFUSED = "refused", "未通过"
        WITHDRAWN = "withdrawn", "已撤回"

    OVER = (State.AWARDED, State.REFUSED, State.WITHDRAWN)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="applications")
    person = models.ForeignKey("membership.Person", on_delete=models.PROTECT, related_name="+")
    union = models.ForeignKey(
        "orgs.Union", on_delete=models.PROTECT, related_name="+", verbose_name="所在工会"
    )
    """To which the person belonged when applying; it verifies first where the scheme wants that."""
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    draft_sealed = models.TextField(blank=True)
    draft = SealedJson("answers", indexes={})
    """What is being filled in or corrected, unchecked; no reviewer sees it."""
    saved_at = models.DateTimeField("草稿保存时间", null=True)
    answers_sealed = models.TextField(blank=True)
    answers = SealedJson("answers", indexes={})
    """What was handed in, by question id, as `core.questions` cleans it."""
    earlier_sealed = models.TextField(blank=True)
    earlier = SealedJson("answers", indexes={})
    """The answers that were last returned, so that a reviewer sees what was changed."""
    marks = models.JSONField("补正要求", default=dict, blank=True)
    """What a reviewer remarked about single answers, by question id."""
    reason = models.CharField("意见", max_length=300, blank=True)
    """Why it was last returned or refused."""
    pledge = models.CharField("签名", max_length=60, blank=True)
    """The name typed under the promise that all is true; or `signature`, written by hand."""
    signature = models.OneToOneField(
        "core.StoredFile", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="手写签名"
    )
    consented_at = models.DateTimeField("同意处理敏感信息的时间", null=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    opened_at = models.DateTimeField("首次查看时间", null=True)
    """When a reviewer first read it; from then on it cannot be withdrawn."""
    verify_by = models.DateField("单位核实期限", null=True)
    verified_at = models.DateTimeField("单位核实时间", null=True)
    """When the unit had found it right; what is returned after that goes back to the scheme's union."""
    escalated_at = models.DateTimeField("转上级时间", null=True)
    """When the unit's time had run out, or nobody there but the applicant could: the unions above are asked as well."""
    verified_by = models.ForeignKey(
        "accounts.Account", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="核实人"
    )
    """Who verified does not decide as well, unless the scheme is the unit's own."""
    decide_by = models.DateField("审定期限", null=True)
    correct_by = models.DateField("补正期限", null=True)
    reminded_of = models.DateField("已提醒的期限", null=True, editable=False)
    """The last day, of handing in or of correcting, of which the applicant was told that it draws near."""
    amount = models.PositiveBigIntegerField("金额（分）", null=True)
    award = models.CharField("结果", max_length=80, blank=True)
    notice_until = models.DateField("公示截止", null=True)
    decided_at = models.DateTimeField("办结时间", null=True)
    purged_at = models.DateTimeField("敏感信息删除时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "申报"
        constraints = [
            models.UniqueConstraint(
                fields=["scheme", "person"],
                condition=~Q(state__in=["refused", "withdrawn"]),
                name="policies_application_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "draft",
                        "submitted",
                        "returned",
                        "verified",
                        "noticed",
                        "awarded",
                        "refused",
                        "withdrawn",
                    ]
                ),
                name="policies_application_state",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(submitted_at__isnull=False),
                name="policies_application_submitted",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | ~Q(pledge="") | Q(signature__isnull=False),
                name="policies_application_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(verify_by__isnull=False),
                name="policies_application_verified",
            ),
            models.CheckConstraint(
                condition=~Q(state="noticed") | Q(notice_until__isnull=False),
                name="policies_application_noticed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["awarded", "refused"]) | Q(decided_at__isnull=False),
                name="policies_application_decided",
            ),
        ]
        indexes = [
            models.Index(fields=["union", "state"], name="policies_application_union"),
            models.Index(fields=["scheme", "state"], name="policies_application_scheme"),
            models.Index(fields=["person", "-id"], name="policies_application_person"),
            models.Index(
                fields=["verify_by"], name="policies_application_due", condition=Q(state="submitted")
            ),
        ]

    def __str__(self) -> str:
        return self.scheme.title


class Evidence(Model):
    """A picture or document that goes with one answer; kept encrypted."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="evidence")
    question = models.CharField(max_length=40)
    file = models.OneToOneField("core.StoredFile", on_delete=models.PROTECT, related_name="+")
    content_type = models.CharField(max_length=100)

    class Meta:
        verbose_name = verbose_name_plural = "申报材料"
        ordering = ["id"]


class Objection(Model):
    """A member's doubt about an application on public notice, and what was found."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="objections")
    person = models.ForeignKey("membership.Person", on_delete=models.PROTECT, related_name="+")
    text = models.CharField("内容", max_length=500)
    reply = models.CharField("核查结果", max_length=300, blank=True)
    upheld = models.BooleanField("是否成立", null=True)
    """Upheld: the application is decided anew."""
    replied_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "公示异议"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["application", "person"], name="policies_objection_once"),
            models.CheckConstraint(
                condition=Q(reply="", replied_at=None, upheld=None)
                | (~Q(reply="") & Q(replied_at__isnull=False, upheld__isnull=False)),
                name="policies_objection_replied",
            ),
        ]
