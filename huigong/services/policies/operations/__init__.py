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
from huigong.services.policies.operations.schemes import (
    close_scheme,
    copy_scheme,
    create_scheme,
    discard_scheme,
    extend,
    open_scheme,
    update_scheme,
)

__all__ = [
    "add_form",
    "attach_file",
    "close_scheme",
    "copy_scheme",
    "create_policy",
    "create_scheme",
    "discard",
    "discard_scheme",
    "extend",
    "index_words",
    "open_scheme",
    "publish",
    "remove_form",
    "restore",
    "update_policy",
    "update_scheme",
    "withdraw",
]
