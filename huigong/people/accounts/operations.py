"""Every write to login identities."""

import hashlib
import secrets
import uuid
from datetime import date, timedelta

import structlog
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.db.models.functions import Now

from huigong.core import audit, flags, jobs, limits, sms
from huigong.core.crypto import blind_index
from huigong.core.errors import Refused
from huigong.people.accounts import events, queries
from huigong.people.accounts.models import Account, Consent, RefreshToken, SmsCode

log = structlog.get_logger("huigong.accounts")

_WRONG_CODE = "验证码不正确或已过期，请核对后重试，或重新获取。"


def _code_hash(code: str, phone_index: str, purpose: str) -> str:
    return blind_index("sms", f"{phone_index}.{purpose}.{code}")


def send_code(phone: str, *, purpose: str, ip: str, budget: int) -> None:
    """Text a fresh six-digit code to a normalised `phone`; older codes for the purpose stop working.

    Refuses past one a minute, five an hour and ten a day for a number, twenty an hour for an address and
    `budget` a day in all. Known and unknown numbers are answered alike. A gateway on another machine is asked
    by a job, which runs when the transaction has committed.
    """
    flags.require_open(flags.Switch.SMS_OFF)
    often = "获取验证码太频繁，请稍后再试。"
    limits.require("sms-ip", ip, at_most=20, per=timedelta(hours=1), sentence=often)
    limits.require("sms-minute", phone, at_most=1, per=timedelta(minutes=1), sentence=often)
    limits.require("sms-hour", phone, at_most=5, per=timedelta(hours=1), sentence=often)
    limits.require("sms-day", phone, at_most=10, per=timedelta(days=1), sentence=often)
    limits.require("sms-budget", "all", at_most=budget, per=timedelta(days=1), sentence=often)
    index = Account.phone.index_of("phone_index", phone)
    with transaction.atomic():
        SmsCode.objects.filter(phone_index=index, purpose=purpose, used_at=None).update(used_at=Now())
        row = SmsCode(purpose=purpose, expires_at=Now() + SmsCode.LIFETIME)
        row.phone = phone
        row.save(force_insert=True)
        if sms.gateway().is_remote:
            jobs.enqueue("accounts.text_code", code_id=row.pk)
    if not sms.gateway().is_remote:
        text_code(row.pk)


def text_code(code_id: int) -> None:
    """Make the code of a row and send it. Twice sends another one, which then is the one that counts.

    Does nothing for a row that was used, replaced or is too old. Raises `sms.NotSent` when the gateway may take
    it later; what it refuses for good is noted in the log.
    """
    row = SmsCode.objects.filter(pk=code_id, used_at=None, expires_at__gt=Now()).first()
    if row is None:
        return
    code = f"{secrets.randbelow(1_000_000):06d}"
    SmsCode.objects.filter(pk=row.pk).update(code_hash=_code_hash(code, row.phone_index, row.purpose))
    try:
        sms.gateway().send(row.phone, "code", {"code": code})
    except sms.NotSent as failure:
        if failure.may_retry:
            raise
        log.error("sms-refused", code=failure.code)


_TRY = """
UPDATE accounts_smscode SET tries = tries + 1
WHERE id = (SELECT id FROM accounts_smscode WHERE phone_index = %s AND purpose = %s ORDER BY id DESC LIMIT 1)
  AND used_at IS NULL AND expires_at > now() AND tries < 5
RETURNING id, code_hash
"""


def use_code(phone: str, code: str, *, purpose: str) -> None:
    """Spend the code last sent to `phone` for `purpose`.

    Every try counts, by one conditional statement; after five, after five minutes and after its use a
    code is void. Refuses with one sentence whatever was wrong.
    """
    index = Account.phone.index_of("phone_index", phone)
    with connection.cursor() as cursor:
        cursor.execute(_TRY, [index, purpose])
        row = cursor.fetchone()
    if row is None or not secrets.compare_digest(row[1], _code_hash(code, index, purpose)):
        raise Refused(_WRONG_CODE, "wrong-code", status=422)
    if not SmsCode.objects.filter(pk=row[0], used_at=None).update(used_at=Now()):
        raise Refused(_WRONG_CODE, "wrong-code", status=422)


def enter_with_code(phone: str, code: str) -> Account:
    """The account that a phone and its login code open; the first time, it is made.

    Refuses a wrong code and an account that is frozen or closed.
    """
    use_code(phone, code, purpose=SmsCode.Purpose.LOGIN)
    account = queries.account_by_phone(phone) or register(phone, actor=audit.SYSTEM)
    if not account.is_active:
        raise Refused("这个账号已停用，请联系您所在的工会。", "inactive", status=403)
    return account


@transaction.atomic
def register(phone: str, *, actor: audit.Actor, name: str = "", password: str | None = None) -> Account:
    """A new account for a normalised phone, or the one that a racing request has just made."""
    account = Account(display_name=name)
    account.phone = phone
    if password:
        account.set_password(password)
    else:
        account.set_unusable_password()
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:
        return Account.objects.get(phone_index=account.phone_index)
    audit.record(account if actor is audit.SYSTEM else actor, "accounts:account:register", account)
    return account


@transaction.atomic
def set_password(account: Account, *, password: str, actor: audit.Actor) -> Account:
    """Set a new password and end all other sessions and tokens. Refuses one that is short or common."""
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise Refused("".join(error.messages), "weak-password", status=422) from None
    account.set_password(password)
    account.save(update_fields=["password"])
    _end_everything(account)
    audit.record(actor, "accounts:account:set-password", account)
    return account


@transaction.atomic
def log_out_everywhere(account: Account, *, actor: audit.Actor) -> Account:
    """End every session and token of the account, at once for sessions and within 30 s for tokens."""
    _end_everything(account)
    audit.record(actor, "accounts:account:log-out-everywhere", account)
    return account


def _end_everything(account: Account) -> None:
    """Sessions and access tokens carry the epoch; refresh tokens are rows."""
    Account.objects.filter(pk=account.pk).update(session_epoch=F("session_epoch") + 1)
    account.refresh_from_db(fields=["session_epoch"])
    RefreshToken.objects.filter(account=account, revoked_at=None).update(revoked_at=Now())


@transaction.atomic
def name_account(account: Account, *, name: str, level: int, actor: audit.Actor) -> Account:
    """Set the real name and its level, once a person stands behind the account. The level never falls."""
    before = {"name": account.display_name, "level": account.level}
    account.display_name = name
    account.level = max(account.level, level)
    account.save(update_fields=["display_name", "level"])
    after = {"name": account.display_name, "level": account.level}
    if after != before:
        audit.record(actor, "accounts:account:name", account, before=before, after=after)
    return account


@transaction.atomic
def give_consent(account: Account, *, purpose: str, actor: audit.Actor) -> Consent:
    """Keep that the holder agreed to the rules as they stand now. Agreeing again changes nothing."""
    consent, made = Consent.objects.get_or_create(
        account=account, purpose=purpose, version=queries.RULES_VERSION, withdrawn_at=None
    )
    if made:
        after = {"purpose": purpose, "version": consent.version}
        audit.record(actor, "accounts:consent:give", consent, after=after)
    return consent


@transaction.atomic
def withdraw_consent(account: Account, *, purpose: str, actor: audit.Actor) -> int:
    """Take back every consent for `purpose`; returns how many there were.

    Whoever works with the data for that purpose stops now and removes what it may not keep, or refuses.
    """
    given = Consent.objects.filter(account=account, purpose=purpose, withdrawn_at=None)
    consents = list(given)
    if not consents:
        return 0
    events.consent_withdrawn.send(sender=Account, account=account, purpose=purpose)
    for consent in consents:
        audit.record(actor, "accounts:consent:withdraw", consent, before={"version": consent.version})
    return given.update(withdrawn_at=Now())


CLOSED_NAME = "已注销用户"


@transaction.atomic
def close_account(account: Account, *, actor: audit.Actor) -> Account:
    """End an account for good: nobody can enter, and its phone, name, password, codes and tokens are gone.

    Higher modules let go of it first, or refuse. What others need as proof stays: audit rows, consents, and the
    roll of the union, from which the record can be claimed again. Refuses a cadre in office ("in-office").
    """
    if account.is_staff:
        raise Refused("您现任工会职务，卸任后才能注销账号；请联系上级工会。", "in-office")
    events.account_closed.send(sender=Account, account=account)
    audit.record(actor, "accounts:account:close", account)
    Consent.objects.filter(account=account, withdrawn_at=None).update(withdrawn_at=Now())
    SmsCode.objects.filter(phone_index=account.phone_index).delete()
    account.phone_sealed, account.phone_index = "", f"closed.{account.uuid}"
    account.display_name = CLOSED_NAME
    account.state, account.level = Account.State.CLOSED, Account.Level.PHONE
    account.set_unusable_password()
    account.save(update_fields=["phone_sealed", "phone_index", "display_name", "state", "level", "password"])
    _end_everything(account)
    return account


def set_staff_until(account: Account, day: date | None) -> None:
    """Until when the account may open the workbench. Only `orgs` calls this, with the end of its posts."""
    Account.objects.filter(pk=account.pk).update(staff_until=day)
    account.staff_until = day


def issue_tokens(account: Account, *, family: uuid.UUID | None = None) -> dict[str, object]:
    """An access token and a refresh token: {"access", "refresh", "expires_in" (seconds)}."""
    refresh = secrets.token_urlsafe(32)
    RefreshToken.objects.create(
        account=account,
        family=family or uuid.uuid4(),
        token_hash=hashlib.sha256(refresh.encode()).hexdigest(),
        expires_at=Now() + RefreshToken.LIFETIME,
    )
    return {
        "access": queries.access_token(account),
        "refresh": refresh,
        "expires_in": queries.ACCESS_SECONDS,
    }


def refresh_tokens(refresh: str) -> dict[str, object]:
    """New tokens for a refresh token, which is thereby spent. Spending it twice revokes its family."""
    refused = Refused("登录已失效，请重新登录。", "bad-refresh", status=401)
    token = RefreshToken.objects.filter(token_hash=hashlib.sha256(refresh.encode()).hexdigest()).first()
    if token is None:
        raise refused
    spent = RefreshToken.objects.filter(
        pk=token.pk, used_at=None, revoked_at=None, expires_at__gt=Now(), account__state=Account.State.ACTIVE
    ).update(used_at=Now())
    if not spent:
        RefreshToken.objects.filter(family=token.family, revoked_at=None).update(revoked_at=Now())
        raise refused
    return issue_tokens(token.account, family=token.family)


def sweep() -> None:
    """Forget codes after two days, refresh tokens a day after their end, and sessions that are over."""
    SmsCode.objects.filter(created_at__lt=Now() - timedelta(days=2)).delete()
    RefreshToken.objects.filter(expires_at__lt=Now() - timedelta(days=1)).delete()
    SessionStore.clear_expired()
