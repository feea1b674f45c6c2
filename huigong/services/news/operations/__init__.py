"""Every write to news. Public door."""

from huigong.services.news.operations.channels import (
    follow,
    save_channel,
    set_plan,
    unfollow,
    usual_channels,
)
from huigong.services.news.operations.drafting import (
    attach,
    copy,
    create_article,
    detach,
    discard,
    update_article,
)
from huigong.services.news.operations.indexing import index_words
from huigong.services.news.operations.publishing import publish_due, tell_followers, withdraw
from huigong.services.news.operations.reviewing import approve, call_back, return_article, submit

__all__ = [
    "approve",
    "attach",
    "call_back",
    "copy",
    "create_article",
    "detach",
    "discard",
    "follow",
    "index_words",
    "publish_due",
    "return_article",
    "save_channel",
    "set_plan",
    "submit",
    "tell_followers",
    "unfollow",
    "update_article",
    "usual_channels",
    "withdraw",
]
