"""Login identities. Who the person behind one is, and in which union, is known higher up."""

import datetime
import uuid
from typing import Any, ClassVar

from django.contrib import auth
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.crypto import salted_hmac

from huigong.core.crypto import Sealed, whole
from huigong.core.identity import mask_phone
from huigong.core.models import Model


class Account(AbstractBaseUser):
    """One phone, one account. The phone is sealed; its blind index is what a login looks up."""

    class State(models.TextChoices):
        ACTIVE = "active", "正常"
        FROZEN = "frozen", "已冻结"
        CLOSED = "closed", "已注销"

    class Level(models.IntegerChoices):
        """Real-name level (domain: 实名等级)."""

        PHONE = 0, "手机号"
        MATCHED = 1, "姓名与证件相符"
        VERIFIED = 2, "工会核验"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    phone_sealed = models.TextField()
    phone_index = models.CharField(max_length=64, unique=True)
    display_name = models.CharField("姓名", max_length=80, blank=True)
    state = models.CharField("状态", max_length=8, choices=State, default=State.ACTIVE)
    level = models.PositiveSmallIntegerField("实名等级", choices=Level, default=Level.PHONE)
    session_epoch = models.PositiveIntegerField(default=0)
    staff_until = models.DateField("干部任期至", null=True, editable=False)
    created_at = models.DateTimeField("注册时间", db_default=Now(), editable=False)

    phone = Sealed("phone", indexes={"phone_index": whole})
    objects = BaseUserManager()
    USERNAME_FIELD = "phone_index"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["active", "frozen", "closed"]), name="accounts_account_state"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or "未实名用户"

    @property
    def masked_phone(self) -> str:
        return mask_phone(self.phone) if self.phone_sealed else ""

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        return self.state == self.State.ACTIVE

    @property
    def is_staff(self) -> bool:
        """May open the workbench: holds a post whose term has not ended. Reach is decided by the posts."""
        return self.is_active and self.staff_until is not None and self.staff_until >= timezone.localdate()

    @property
    def is_superuser(self) -> bool:
        return False

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Posts decide, through the backends of the settings; Django's own permissions nobody has."""
        return self.is_active and any(backend.has_perm(self, perm, obj) for backend in auth.get_backends())

    def has_perms(self, perms: list[str], obj: Any = None) -> bool:
        return all(self.has_perm(perm, obj) for perm in perms)

    def has_module_perms(self, app_label: str) -> bool:
        return False

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions end with a new password and with "log out everywhere"."""
        value = f"{self.password}{self.session_epoch}"
        return salted_hmac("huigong.accounts.session", value, secret=secret, algorithm="sha256").hexdigest()


class Consent(Model):
    """Somebody agreed to what is done with their data: to which version of the rules, for what, until when.

    A row is proof and stays, also when the consent was taken back or the account closed.
    """

    class Purpose(models.TextChoices):
        MEMBERSHIP = "membership", "入会审核和会籍管理"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField("用途", max_length=20, choices=Purpose)
    version = models.CharField("规则版本", max_length=20)
    withdrawn_at = models.DateTimeField("撤回时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "个人信息处理同意"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "purpose", "version"],
                condition=models.Q(withdrawn_at=None),
                name="accounts_consent_once",
            ),
        ]

    def __str__(self) -> str:
        return f"同意：{self.get_purpose_display()}"


class SmsCode(Model):
    """A code sent to a phone for one purpose: stored hashed, five tries, five minutes, one use."""

    class Purpose(models.TextChoices):
        LOGIN = "login", "登录"
        PHONE = "phone", "更换手机号"
        PASSWORD = "password", "设置密码"
        CLOSE = "close", "注销账号"

    LIFETIME = datetime.timedelta(minutes=5)
    MAX_TRIES = 5

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    phone_sealed = models.TextField()
    phone_index = models.CharField(max_length=64)
    purpose = models.CharField(max_length=10, choices=Purpose)
    code_hash = models.CharField(max_length=64, blank=True)
    """Empty until the message is on its way: the code is made by whoever sends it."""
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    phone = Sealed("phone", indexes={"phone_index": whole})

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(tries__lte=5), name="accounts_code_tries"),
        ]
        indexes = [models.Index(fields=["phone_index", "purpose", "-id"], name="accounts_code_latest")]


class RefreshToken(Model):
    """The long half of an API login, stored hashed. A second use of one revokes its whole family."""

    LIFETIME = datetime.timedelta(days=30)

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="refresh_tokens")
    family = models.UUIDField(default=uuid.uuid4)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["family"], name="accounts_refresh_family")]
