"""Every write to policies. Public door."""

from huigong.services.policies.operations.documents import (
    add_form,
    attach_file,
    create_policy,
    discard,
    publish,
    remove_form,
    restore,
    update_policy,
    withdraw,
)
from huigong.services.policies.operations.indexing import index_words

__all__ = [
    "add_form",
    "attach_file",
    "create_policy",
    "discard",
    "index_words",
    "publish",
    "remove_form",
    "restore",
    "update_policy",
    "withdraw",
]
