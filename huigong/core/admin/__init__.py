"""The cadres' site and the one ModelAdmin that every list of it is made from.

A module's `admin.py` says what is shown and which of its operations a cadre may call; who sees which rows and
may do what is asked of the module's `permissions`, always.
"""

from huigong.core.admin.dialogs import (
    DialogForm,
    Outcome,
    ReasonForm,
    RemarkForm,
    Variant,
    bulk_action,
    dialog_action,
    reasons,
    show_result,
)
from huigong.core.admin.filters import ChoiceFilter, DateFilter, ListFilter, tree_filter
from huigong.core.admin.scoped import Link, ScopedModelAdmin
from huigong.core.admin.site import WorkbenchSite

__all__ = [
    "ChoiceFilter",
    "DateFilter",
    "DialogForm",
    "Link",
    "ListFilter",
    "Outcome",
    "ReasonForm",
    "RemarkForm",
    "ScopedModelAdmin",
    "Variant",
    "WorkbenchSite",
    "bulk_action",
    "dialog_action",
    "reasons",
    "show_result",
    "tree_filter",
]
