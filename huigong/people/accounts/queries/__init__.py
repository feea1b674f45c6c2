"""Reads of accounts, tokens and member codes. Public door."""

from huigong.people.accounts.queries.codes import MemberCode, member_codes, public_key, read_member_code
from huigong.people.accounts.queries.consents import RULES_VERSION, Purpose, consents
from huigong.people.accounts.queries.lookups import account_by_phone, account_by_uuid
from huigong.people.accounts.queries.tokens import ACCESS_SECONDS, access_token, account_by_access_token

__all__ = [
    "ACCESS_SECONDS",
    "RULES_VERSION",
    "MemberCode",
    "Purpose",
    "access_token",
    "account_by_access_token",
    "account_by_phone",
    "account_by_uuid",
    "consents",
    "member_codes",
    "public_key",
    "read_member_code",
]
