"""Every write to activities. Public door."""

from huigong.services.activities.operations.checkin import check_in, undo_check_in
from huigong.services.activities.operations.publishing import (
    approve,
    cancel_activity,
    close,
    copy,
    create_activity,
    publish,
    return_activity,
    submit,
    update_activity,
)
from huigong.services.activities.operations.signup import (
    accept_offer,
    add_by_hand,
    cancel_signup,
    decide_signup,
    expire_offers,
    sign_up,
)

__all__ = [
    "accept_offer",
    "add_by_hand",
    "approve",
    "cancel_activity",
    "cancel_signup",
    "check_in",
    "close",
    "copy",
    "create_activity",
    "decide_signup",
    "expire_offers",
    "publish",
    "return_activity",
    "sign_up",
    "submit",
    "undo_check_in",
    "update_activity",
]
