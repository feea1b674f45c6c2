"""Every write to people and memberships. Public door."""

from huigong.people.membership.operations.claim import claim, confirm_claim, reject_claim, withdraw_claim
from huigong.people.membership.operations.deadlines import escalate_overdue
from huigong.people.membership.operations.enrol import (
    Effect,
    Enrolled,
    Numbers,
    PersonFields,
    correct_person,
    enrol,
    reveal_applicant,
    reveal_number,
)
from huigong.people.membership.operations.imports import Rejection, RollSummary, import_roll
from huigong.people.membership.operations.join import (
    Applied,
    Decided,
    apply_to_join,
    approve_application,
    approve_many,
    reject_application,
    resubmit,
    return_application,
    withdraw_application,
)
from huigong.people.membership.operations.standing import (
    decide_expulsion,
    leave_union,
    propose_expulsion,
    record_death,
    restore_membership,
    retain_membership,
    retire,
)
from huigong.people.membership.operations.transfer import (
    let_go,
    reject_transfer,
    request_transfer,
    take_in,
    withdraw_transfer,
)
from huigong.people.membership.operations.tries import count_identity_try

__all__ = [
    "Applied",
    "Decided",
    "Effect",
    "Enrolled",
    "Numbers",
    "PersonFields",
    "Rejection",
    "RollSummary",
    "apply_to_join",
    "approve_application",
    "approve_many",
    "claim",
    "confirm_claim",
    "correct_person",
    "count_identity_try",
    "decide_expulsion",
    "enrol",
    "escalate_overdue",
    "import_roll",
    "leave_union",
    "let_go",
    "propose_expulsion",
    "record_death",
    "reject_application",
    "reject_claim",
    "reject_transfer",
    "request_transfer",
    "restore_membership",
    "resubmit",
    "retain_membership",
    "retire",
    "return_application",
    "reveal_applicant",
    "reveal_number",
    "take_in",
    "withdraw_application",
    "withdraw_claim",
    "withdraw_transfer",
]
