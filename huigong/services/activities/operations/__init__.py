"""Every write to activities. Public door."""

from huigong.services.activities.operations.calendars import close_feed, open_feed
from huigong.services.activities.operations.campaigns import (
    create_campaign,
    publish_campaign,
    take_down_campaign,
    update_campaign,
)
from huigong.services.activities.operations.checkin import check_in, check_in_by_code, undo_check_in
from huigong.services.activities.operations.cohosting import (
    accept_co_hosting,
    decline_co_hosting,
    invite_co_host,
    remove_co_host,
)
from huigong.services.activities.operations.drafting import (
    SessionPlan,
    copy,
    create_activity,
    set_quotas,
    update_activity,
)
from huigong.services.activities.operations.draws import draw_lots, freeze_due_lists, freeze_list
from huigong.services.activities.operations.indexing import index_words
from huigong.services.activities.operations.online import (
    contribute,
    refuse,
    show,
    show_many,
    take_vote_back,
    vote,
    withdraw,
)
from huigong.services.activities.operations.publishing import (
    approve,
    cancel_activity,
    close,
    close_over,
    publish,
    report,
    return_activity,
    submit,
    withdraw_submission,
)
from huigong.services.activities.operations.reminding import remind
from huigong.services.activities.operations.resealing import reseal_answers, reseal_survey_answers
from huigong.services.activities.operations.roster import (
    decide_signups,
    export_report,
    export_signups,
    remove_signup,
    show_numbers,
)
from huigong.services.activities.operations.signup import (
    accept_offer,
    add_by_hand,
    cancel_signup,
    decide_signup,
    expire_offers,
    sign_up,
)
from huigong.services.activities.operations.surveys import answer_survey

__all__ = [
    "SessionPlan",
    "accept_co_hosting",
    "accept_offer",
    "add_by_hand",
    "answer_survey",
    "approve",
    "cancel_activity",
    "cancel_signup",
    "check_in",
    "check_in_by_code",
    "close",
    "close_feed",
    "close_over",
    "contribute",
    "copy",
    "create_activity",
    "create_campaign",
    "decide_signup",
    "decide_signups",
    "decline_co_hosting",
    "draw_lots",
    "expire_offers",
    "export_report",
    "export_signups",
    "freeze_due_lists",
    "freeze_list",
    "index_words",
    "invite_co_host",
    "open_feed",
    "publish",
    "publish_campaign",
    "refuse",
    "remind",
    "remove_co_host",
    "remove_signup",
    "report",
    "reseal_answers",
    "reseal_survey_answers",
    "return_activity",
    "set_quotas",
    "show",
    "show_many",
    "show_numbers",
    "sign_up",
    "submit",
    "take_down_campaign",
    "take_vote_back",
    "undo_check_in",
    "update_activity",
    "update_campaign",
    "vote",
    "withdraw",
    "withdraw_submission",
]
