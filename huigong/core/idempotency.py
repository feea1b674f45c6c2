"""A client's key for a request that must not act twice: the same key with another body is refused.

Only the key, the account and a hash of the request are kept, never bodies. The operations behind it are
safe to repeat by themselves; the key catches a client that reuses it for something else.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from huigong.core.audit import Actor
from huigong.core.errors import Refused
from huigong.core.models import IdempotencyKey


@contextmanager
def guard(actor: Actor, key: str | None, request: Any) -> Iterator[None]:
    """Run the block in one transaction with the key's row. Without a key, just run it.

    Refuses with 422 when `key` came before with another `request` (anything that JSON can hold).
    """
    if not key:
        yield
        return
    body = json.dumps(request, sort_keys=True, ensure_ascii=False, default=str)
    request_hash = hashlib.sha256(body.encode()).hexdigest()
    with transaction.atomic():
        row, _ = IdempotencyKey.objects.get_or_create(
            account_id=actor.pk, key=key, defaults={"request_hash": request_hash}
        )
        if row.request_hash != request_hash:
            raise Refused("这个请求编号已用于另一次提交。", "key-reused", status=422)
        yield
