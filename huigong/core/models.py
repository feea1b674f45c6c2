"""What every module stands on: the base model, and the tables without business words."""

import uuid

import pgtrigger
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now

from huigong.core.paths import Within


class Model(models.Model):
    """Base of all our models: when a row was made, by the database's clock."""

    created_at = models.DateTimeField("创建时间", db_default=Now(), editable=False)

    class Meta:
        abstract = True


class VaultedModel(models.Model):
    """Base of what lies in the vault (`core.vault`): no row is read or written outside `vault()`.

    No stamp of when a row was made: what has to be known is a field of its own, as coarse as it may be. And no
    foreign key leads out: a row outside must not tell, by refusing to go, that something here speaks of it.
    """

    class Meta:
        abstract = True


def append_only(name: str) -> list[pgtrigger.Trigger]:
    """Triggers that refuse UPDATE, DELETE and TRUNCATE. Use in `Meta.triggers`."""
    return [
        pgtrigger.Protect(name=f"{name}_no_change", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name=f"{name}_no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'this table is append-only';",
        ),
    ]


class Instance(Model):
    """One row that says what this database is. Demo commands work only where mode is `demo`."""

    class Mode(models.TextChoices):
        PRODUCTION = "production", "正式"
        DEMO = "demo", "演示"

    only = models.BooleanField(default=True, unique=True, editable=False)
    mode = models.CharField(max_length=12, choices=Mode)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="core_instance_one_row")]


class AuditRow(models.Model):
    """Who decided what about whom. Append-only; keeps names as text so that it survives every change."""

    at = models.DateTimeField("时间", db_default=Now())
    actor_id = models.BigIntegerField("操作人编号", null=True)
    actor_name = models.CharField("操作人", max_length=80)
    action = models.CharField("动作", max_length=80)
    target_type = models.CharField("对象类型", max_length=60)
    target_id = models.BigIntegerField("对象编号", null=True)
    target_label = models.CharField("对象", max_length=200)
    org_id = models.BigIntegerField(null=True)
    org_name = models.CharField("工会", max_length=120, blank=True)
    org_path = models.CharField(max_length=200, blank=True)
    before = models.JSONField("之前", null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField("之后", null=True, encoder=DjangoJSONEncoder)
    request_id = models.CharField("请求编号", max_length=36, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        triggers = append_only("audit")
        indexes = [
            models.Index(fields=["target_type", "target_id", "-id"], name="core_audit_target"),
            models.Index(
                fields=["org_path", "-id"], name="core_audit_org", opclasses=["text_pattern_ops", "int8_ops"]
            ),
            models.Index(fields=["actor_id", "-id"], name="core_audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name}：{self.target_label}"


AuditRow._meta.get_field("org_path").register_lookup(Within)


class Flag(models.Model):
    """A kill switch that is thrown. No row: everything runs."""

    name = models.CharField("开关", max_length=40, unique=True)
    reason = models.CharField("原因", max_length=200)
    since = models.DateTimeField("起始时间", db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = "紧急开关"

    def __str__(self) -> str:
        return self.name


class RateCount(models.Model):
    """How often something happened in one window; keys are hashes, never personal data."""

    key = models.CharField(max_length=80)
    window = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="core_rate_once")]
        indexes = [models.Index(fields=["window"], name="core_rate_window")]


class IdempotencyKey(Model):
    """A client's key and a hash of its request, never a body."""

    account_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    request_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "key"], name="core_idempotency_once"),
        ]


class StoredFile(Model):
    """An uploaded file after checking and re-encoding. Bytes lie under MEDIA_ROOT/<uuid[:2]>/<uuid>."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("文件名", max_length=120)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField("字节")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    is_public = models.BooleanField("公开", default=False)
    owner_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = "文件"


class Holiday(Model):
    """A day that differs from the built-in calendar: a newly published holiday or make-up workday."""

    day = models.DateField("日期", unique=True)
    is_working = models.BooleanField("上班")
    source = models.CharField("依据", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "节假日调整"

    def __str__(self) -> str:
        return f"{self.day} {'上班' if self.is_working else '放假'}"


class Heartbeat(models.Model):
    """When a process was last alive, for /readyz."""

    name = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
