"""Every write to the union tree, its offices and grants. Public door."""

from huigong.people.orgs.operations.founding import (
    FOUNDABLE,
    TERM_YEARS,
    advance_registration,
    approve_registration,
    escalate_overdue_registrations,
    establish,
    register_union,
    reject_registration,
    withdraw_registration,
)
from huigong.people.orgs.operations.grants import (
    accept_invitation,
    decline_invitation,
    invite_guest,
    move_grants,
    revoke_grant,
)
from huigong.people.orgs.operations.imports import UNION_LABELS, import_unions
from huigong.people.orgs.operations.partners import add_partner, edit_partner, end_partner
from huigong.people.orgs.operations.posts import (
    appoint,
    end_post,
    end_posts_of,
    expire_posts,
    extend_post,
    remind_of_term_ends,
)
from huigong.people.orgs.operations.tree import (
    create_union,
    dissolve_union,
    edit_union,
    move_union,
    plant_root,
    set_covered_units,
    set_second_parent,
)

__all__ = [
    "FOUNDABLE",
    "TERM_YEARS",
    "UNION_LABELS",
    "accept_invitation",
    "add_partner",
    "advance_registration",
    "appoint",
    "approve_registration",
    "create_union",
    "decline_invitation",
    "dissolve_union",
    "edit_partner",
    "edit_union",
    "end_partner",
    "end_post",
    "end_posts_of",
    "escalate_overdue_registrations",
    "establish",
    "expire_posts",
    "extend_post",
    "import_unions",
    "invite_guest",
    "move_grants",
    "move_union",
    "plant_root",
    "register_union",
    "reject_registration",
    "remind_of_term_ends",
    "revoke_grant",
    "set_covered_units",
    "set_second_parent",
    "withdraw_registration",
]
