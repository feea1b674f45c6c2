"""The ledger of points: double entry, append-only. Points have no money value and move to nobody else."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from huigong.core.models import Model, append_only


class Account(Model):
    """A side of the ledger: one for each person, and one for each rule that gives or takes."""

    person = models.OneToOneField("membership.Person", on_delete=models.PROTECT, null=True, related_name="+")
    rule = models.CharField(max_length=60, blank=True)
    balance = models.IntegerField("余额", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "积分账户"
        constraints = [
            models.CheckConstraint(condition=Q(person=None) | Q(balance__gte=0), name="points_not_negative"),
            models.CheckConstraint(
                condition=Q(person__isnull=False, rule="") | (Q(person=None) & ~Q(rule="")),
                name="points_person_or_rule",
            ),
            models.UniqueConstraint(fields=["rule"], condition=~Q(rule=""), name="points_one_per_rule"),
        ]


class ExpiryNotice(Model):
    """The holder of an account was told that points end on a day. Points of which nobody was told do not end."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    expires_on = models.DateField("有效期至")
    points = models.PositiveIntegerField("当时的积分")

    class Meta:
        verbose_name = verbose_name_plural = "积分到期提醒"
        constraints = [
            models.UniqueConstraint(fields=["account", "expires_on"], name="points_notice_once"),
        ]


class Transaction(models.Model):
    """One movement of points with its unique source, so that a retry cannot pay twice."""

    at = models.DateTimeField("时间", db_default=Now())
    key = models.CharField("来源", max_length=120, unique=True)
    rule = models.CharField("规则", max_length=60)
    memo = models.CharField("说明", max_length=120)
    expires_on = models.DateField("有效期至", null=True)
    reversal_of = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="reversed_by"
    )

    class Meta:
        verbose_name = verbose_name_plural = "积分流水"
        triggers = append_only("points_transaction")

    def __str__(self) -> str:
        return self.memo


class Entry(models.Model):
    """One leg of a transaction; its legs sum to zero, which the database checks at commit."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="entries")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    amount = models.IntegerField("积分")

    class Meta:
        verbose_name = verbose_name_plural = "积分分录"
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="points_entry_not_zero"),
            models.UniqueConstraint(fields=["transaction", "account"], name="points_entry_once"),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="points_entry_account")]
        triggers = [
            *append_only("points_entry"),
            pgtrigger.Trigger(
                name="points_entry_balanced",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=(
                    "IF (SELECT sum(amount) FROM points_entry WHERE transaction_id = NEW.transaction_id) <> 0"
                    " THEN RAISE EXCEPTION 'transaction % does not balance', NEW.transaction_id"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NULL;"
                ),
            ),
        ]
