"""Every write to policies. Public door."""

from huigong.services.policies.operations.applying import (
    begin,
    discard_draft,
    mark_seen,
    save_draft,
    submit,
    withdraw_application,
    withdraw_closed_accounts,
    withdraw_consent,
)
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
from huigong.services.policies.operations.escalating import escalate_overdue, lapse_uncorrected
from huigong.services.policies.operations.evidence import add_evidence, remove_evidence
from huigong.services.policies.operations.exporting import note_export, note_figures_export
from huigong.services.policies.operations.indexing import index_words
from huigong.services.policies.operations.objecting import object_to
from huigong.services.policies.operations.printing import print_application, print_notice, print_own
from huigong.services.policies.operations.purging import discard_old_drafts, purge_old
from huigong.services.policies.operations.reminding import remind_of_drafts, remind_to_correct
from huigong.services.policies.operations.reviewing import (
    Outcomes,
    answer_objection,
    approve,
    approve_many,
    award,
    award_many,
    open_application,
    refuse,
    return_with,
    verify,
)
from huigong.services.policies.operations.schemes import (
    close_scheme,
    copy_scheme,
    create_scheme,
    discard_scheme,
    extend,
    open_scheme,
    unsaved,
    update_scheme,
)

__all__ = [
    "Outcomes",
    "add_evidence",
    "add_form",
    "answer_objection",
    "approve",
    "approve_many",
    "attach_file",
    "award",
    "award_many",
    "begin",
    "close_scheme",
    "copy_scheme",
    "create_policy",
    "create_scheme",
    "discard",
    "discard_draft",
    "discard_old_drafts",
    "discard_scheme",
    "escalate_overdue",
    "extend",
    "index_words",
    "lapse_uncorrected",
    "mark_seen",
    "note_export",
    "note_figures_export",
    "object_to",
    "open_application",
    "open_scheme",
    "print_application",
    "print_notice",
    "print_own",
    "publish",
    "purge_old",
    "refuse",
    "remind_of_drafts",
    "remind_to_correct",
    "remove_evidence",
    "remove_form",
    "restore",
    "return_with",
    "save_draft",
    "submit",
    "unsaved",
    "update_policy",
    "update_scheme",
    "verify",
    "withdraw",
    "withdraw_application",
    "withdraw_closed_accounts",
    "withdraw_consent",
]
