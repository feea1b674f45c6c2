"""Reads of the roll. Public door."""

from huigong.people.membership.queries.audience import Audience, Rule, audience
from huigong.people.membership.queries.members import (
    Member,
    current_membership,
    member_count,
    member_of,
    open_request_count,
    person_of,
)

__all__ = ["Audience", "Member", "Rule", "audience", "current_membership", "member_count", "member_of", "open_request_count", "person_of"]
