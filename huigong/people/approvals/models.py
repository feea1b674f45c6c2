"""The trail of a reviewed request."""

from django.db import models

from huigong.core.models import Model, append_only


class Step(Model):
    """One decision on one request of any module. Append-only."""

    class Decision(models.TextChoices):
        SUBMITTED = "submitted", "已提交"
        APPROVED = "approved", "已通过"
        RETURNED = "returned", "已退回"
        REJECTED = "rejected", "未通过"
        WITHDRAWN = "withdrawn", "已撤回"
        ESCALATED = "escalated", "已转上级"

    kind = models.CharField(max_length=40)
    request_id = models.BigIntegerField()
    step = models.CharField("环节", max_length=40)
    decision = models.CharField("结果", max_length=10, choices=Decision)
    reviewer_id = models.BigIntegerField(null=True)
    reviewer_name = models.CharField("办理人", max_length=80)
    office = models.CharField("办理单位", max_length=120, blank=True)
    remark = models.CharField("意见", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审核记录"
        triggers = append_only("approvals_step")
        indexes = [models.Index(fields=["kind", "request_id", "id"], name="approvals_step_request")]
